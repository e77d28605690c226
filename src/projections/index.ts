import { accessRecords } from './access-records/read-model.ts';
import { deadLetters } from './dead-letters/read-model.ts';
import { dueWork } from './due-work/read-model.ts';
import { events } from './events/read-model.ts';
import { explanations } from './explanations/read-model.ts';
import { failureGroups } from './failure-groups/read-model.ts';
import { failureTexts } from './failure-texts/read-model.ts';
import type { ReadModel } from './read-model.ts';
import { replayPlans } from './replay-plans/read-model.ts';
import { statistics } from './statistics/read-model.ts';

/**
 * THE LIST of read models: each is followed by one projector, and can be rebuilt alone. Of one that has changed there are two
 * versions, until the rows of the new one were promoted everywhere.
 */
export const readModels: readonly ReadModel[] = [
  dueWork,
  events,
  accessRecords,
  statistics,
  explanations,
  failureGroups,
  deadLetters,
  replayPlans,
  failureTexts,
];

type Versions = readonly [ReadModel, ...ReadModel[]];

/** All versions of each, the oldest first. */
export const versionsByName = (all: readonly ReadModel[]): readonly Versions[] =>
  [...Map.groupBy(all, ({ name }) => name).values()].map(
    (versions) => versions.sort((one, other) => one.version - other.version) as unknown as Versions,
  );
