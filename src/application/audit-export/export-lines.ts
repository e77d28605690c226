import type { RecordedTransition } from '../ports/event-log.ts';
import { bundleLine, endLine, headerLine, lostLine } from './format.ts';
import type { Export, Exported } from './make-export.ts';
import { transitionLine } from './transition-line.ts';

/**
 * An export as NDJSON, for a verifier: docs/audit.md has its format.
 * @param showsData whether the data of a transition may be shown. Called with each one.
 */
export async function* exportLines(
  { header, content }: Export,
  {
    payloads,
    showsData,
  }: { readonly payloads: boolean; readonly showsData: (recorded: RecordedTransition) => boolean },
): AsyncGenerator<string> {
  yield `${headerLine({ ...header, payloads })}\n`;
  let transitions = 0;
  for await (const exported of content) {
    if (exported.kind === 'transition') transitions += 1;
    yield `${lineOf(exported, showsData)}\n`;
  }
  yield `${endLine(transitions)}\n`;
}

function lineOf(exported: Exported, showsData: (recorded: RecordedTransition) => boolean): string {
  switch (exported.kind) {
    case 'bundle':
      return bundleLine(exported.entries, exported.proof);
    case 'missing':
      return lostLine(exported.leaf, 'missing');
    case 'transition': {
      const { leaf, recorded } = exported;
      const isShown = showsData(recorded);
      try {
        return transitionLine(leaf, recorded, isShown);
      } catch {
        // In a broken history any text may be there.
        return lostLine(leaf, 'unreadable');
      }
    }
  }
}
