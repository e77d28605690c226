import { registerHooks } from 'node:module';
import type { PlantedBug } from './planted-bugs.ts';

/**
 * From here on, modules of src are loaded with the bug in them; files stay as they are. To be called before any of them
 * is loaded. @throws on loading, when the code that the bug replaces is not there once: then the bug is to be mended.
 */
export function plant({ name, edits }: PlantedBug): void {
  registerHooks({
    load: (url, context, nextLoad) => {
      const own = edits.filter(({ file }) => url.endsWith(`/src/${file}`));
      const loaded = nextLoad(url, context);
      if (own.length === 0) return loaded;
      let text = Buffer.from(loaded.source as Uint8Array).toString();
      for (const { file, find, replace } of own) {
        if (text.split(find).length !== 2) throw new Error(`The bug "${name}" has no place in ${file}: ${find}`);
        text = text.replace(find, () => replace);
      }
      return { ...loaded, source: text };
    },
  });
}
