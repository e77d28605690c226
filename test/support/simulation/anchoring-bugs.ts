import type { PlantedBug } from './planted-bugs.ts';

const file = 'application/anchoring/anchor.ts';

/** THE LIST of those that the simulation of anchoring has to notice, each with a seed that does. */
export const anchoringBugs: readonly PlantedBug[] = [
  {
    name: 'a log that was put back is anchored from its beginning',
    caughtBy: 27,
    edits: [
      {
        file,
        find: 'const stored = await store.state();',
        replace: `let stored = await store.state();
    if (stored !== null) await log.verifyCheckpoint(stored.logCheckpoint).catch(() => (stored = null));`,
      },
      { file, find: 'state = stored;', replace: 'state = await store.state();' },
    ],
  },
  {
    name: 'the position is kept of leaves that are not',
    caughtBy: 1,
    edits: [
      {
        file,
        find: 'position = restored === null ? null : (stored?.logCheckpoint ?? null);',
        replace: 'position = stored?.logCheckpoint ?? null;',
      },
    ],
  },
  {
    name: 'leaves are not in the order of the log',
    caughtBy: 1,
    edits: [
      {
        file,
        find: 'for (const recorded of transitions) {',
        replace: 'for (const recorded of transitions.toReversed()) {',
      },
    ],
  },
];
