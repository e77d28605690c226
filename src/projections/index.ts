import { accessRecords } from './access-records/read-model.ts';
import { dueWork } from './due-work/read-model.ts';
import { events } from './events/read-model.ts';
import { explanations } from './explanations/read-model.ts';
import type { ReadModel } from './read-model.ts';
import { statistics } from './statistics/read-model.ts';

/** THE LIST of read models: each is followed by one projector, and can be rebuilt alone. */
export const readModels: readonly ReadModel[] = [dueWork, events, accessRecords, statistics, explanations];
