import { registerHooks } from 'node:module';
import type { PlantedBug } from './planted-bugs.ts';

/**
 * From here on, modules of src are loaded with the bug in them; files stay as they are. To be called before any of them
 * is loaded. @throws on loading, when the code that the bug replaces is not there once: then the bug is to be retargeted.
 */
export function plant(bug: PlantedBug): void {
  registerHooks({
    load: (url, context, nextLoad) => {
      const edited = bug.edits.find(({ file }) => url.endsWith(`/src/${file}`));
      const loaded = nextLoad(url, context);
      if (edited === undefined) return loaded;
      return { ...loaded, source: withBug(bug, edited.file, Buffer.from(loaded.source as Uint8Array).toString()) };
    },
  });
}

/** The text of a file below src, with the bug in it. @throws when what the bug replaces is not there exactly once. */
export function withBug({ name, edits }: PlantedBug, file: string, text: string): string {
  let changed = text;
  for (const { find, replace } of edits.filter((edit) => edit.file === file)) {
    if (changed.split(find).length !== 2) throw new Error(`The bug "${name}" has no place in ${file}: ${find}`);
    changed = changed.replace(find, () => replace);
  }
  return changed;
}
