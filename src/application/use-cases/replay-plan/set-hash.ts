import { hash } from 'node:crypto';
import type { PlanMember } from '../../../domain/replay-plan/transitions.ts';

/**
 * SHA-256, in hex, over one line for each member, `<event id> <revision>`, in ascending order: which events a plan is of, and
 * in which state, whatever order they came in.
 */
export const setHashOf = (members: readonly Pick<PlanMember, 'eventId' | 'revision'>[]): string =>
  hash(
    'sha256',
    members
      .map(({ eventId, revision }) => `${eventId} ${revision}\n`)
      .toSorted()
      .join(''),
    'hex',
  );
