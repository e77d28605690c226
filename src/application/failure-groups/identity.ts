import { failureGroupAggregate } from '../../domain/failure-group/aggregate.ts';
import {
  type FailureSeen,
  FINGERPRINT_VERSION,
  fingerprintOf,
  textOf,
} from '../../domain/failure-group/fingerprint.ts';
import type { TransitionData } from '../../domain/failure-group/transitions.ts';
import { deriveUuid } from '../event-identity.ts';

export const { streamPrefix: FAILURE_GROUP_STREAM_PREFIX } = failureGroupAggregate;
export const groupIdOfStream = (stream: string) => stream.slice(FAILURE_GROUP_STREAM_PREFIX.length);

export type GroupOf = TransitionData<'FailureGroupOpened'>;

export interface IdentifiedGroup {
  readonly id: string;
  readonly of: GroupOf;
}

/** The group that a failure is of by its fingerprint, before anything that operators did. */
export function groupOf(handler: string | null, failure: FailureSeen): IdentifiedGroup {
  const fingerprint = fingerprintOf(failure);
  const { class: name, message, frames } = fingerprint;
  return {
    id: deriveUuid('failure-group', handler === null ? '' : `handler ${handler}`, textOf(fingerprint)),
    of: {
      ...{ class: name, containing: null, fingerprintVersion: FINGERPRINT_VERSION, frames: [...frames], handler },
      ...{ message, splitFrom: null },
    },
  };
}

/** That group. */
export const splitOffFrom = (
  parent: IdentifiedGroup,
  { id, containing }: { readonly id: string; readonly containing: string },
): IdentifiedGroup => ({ id, of: { ...parent.of, containing, splitFrom: parent.id } });

/** The id of the group that is split off by a text that messages contain. */
export const splitOffIdOf = (parentId: string, containing: string) =>
  deriveUuid('failure-group-split', parentId, containing);
