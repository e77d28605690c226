import type { ReadModel } from '../read-model.ts';
import type { Slot } from '../slots.ts';

/** One copy of a read model's rows, in the version that is in it. */
export interface FollowedCopy {
  readonly readModel: ReadModel;
  readonly slot: Slot;
}
