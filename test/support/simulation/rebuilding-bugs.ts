import type { PlantedBug } from './planted-bugs.ts';

/** THE LIST of those that the simulation of rebuilds has to notice, each with a seed that does. */
export const rebuildingBugs: readonly PlantedBug[] = [
  {
    name: 'differences are promoted silently',
    caughtBy: 1,
    edits: [
      {
        file: 'domain/rebuild/decide.ts',
        find: 'return isToBeAccepted ? {',
        replace: 'return isToBeAccepted && rows < 0 ? {',
      },
    ],
  },
  {
    name: 'an exchange that failed is taken for one that was done',
    caughtBy: 3,
    edits: [
      {
        file: 'projections/rebuild/steps.ts',
        find: 'if (failure !== null) await exchangeFailed(failure as Error, record, signal);',
        replace: "if (failure !== null && state.step === 'promoting') await record({ kind: 'RecordPromoted' });",
      },
    ],
  },
  {
    name: 'a process that was superseded creates the tables of a copy that was deleted',
    caughtBy: 19,
    edits: [
      {
        file: 'projections/projector.ts',
        find: 'const checkpoint = await store.load(lease);',
        replace: 'const checkpoint = await store.load();',
      },
    ],
  },
  {
    name: 'a copy is in step without what came while it caught up',
    caughtBy: 1,
    edits: [
      {
        file: 'projections/rebuild/followers.ts',
        find: '      // From here on all that the one has is in the other.\n      await catchUp(beside, signal);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'a batch that the copy beside has refused is passed over',
    caughtBy: 3,
    edits: [
      {
        file: 'projections/rebuild/both-copies.ts',
        find: '      isFollowing = false;\n      onLeft(error);',
        replace: '      void error;',
      },
    ],
  },
];
