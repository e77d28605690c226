import * as crypto from 'node:crypto';
import { unseal } from '../application/envelope.ts';
import type { RecordedTransition } from '../application/ports/event-log.ts';
import type { TransitionType } from '../domain/event/transitions.ts';
import type { Sight } from './event-json.ts';

export const hasPayload = ({ type }: RecordedTransition) => type === ('EventReceived' satisfies TransitionType);

/** The data is spliced in as the text that was hashed; without its payload, where it has one that may not be seen. */
export function transitionJson(recorded: RecordedTransition, { seesPayloads }: Sight): string {
  return joined(recorded, seesPayloads || !hasPayload(recorded) ? recorded.data : withoutPayload(recorded.data));
}

function joined(recorded: RecordedTransition, data: string): string {
  const { envelope, hash } = unseal(recorded);
  return `${JSON.stringify({ ...envelope, hash }).slice(0, -1)},"data":${data}}`;
}

/** As {@link transitionJson}, with the SHA-256 of data that may not be seen: then its hash can still be computed. */
export function provenTransitionJson(recorded: RecordedTransition, { seesPayloads }: Sight, proof: string): string {
  const { envelope, hash: stored } = unseal(recorded);
  const { data } = recorded;
  const shown =
    seesPayloads || !hasPayload(recorded) ? `"data":${data}` : `"dataSha256":"${crypto.hash('sha256', data, 'hex')}"`;
  return `${JSON.stringify({ ...envelope, hash: stored, proof }).slice(0, -1)},${shown}}`;
}

function withoutPayload(data: string): string {
  const { payload: _, ...others } = JSON.parse(data) as Readonly<Record<string, unknown>>;
  return JSON.stringify(others);
}

/** In a broken history any text may be there; the answer has to stay JSON, and the rest of the history readable. */
export function damagedTransitionJson(recorded: RecordedTransition, sight: Sight): string {
  try {
    // Whatever its type says: that may be what was changed.
    const item = joined(recorded, sight.seesPayloads ? recorded.data : withoutPayload(recorded.data));
    JSON.parse(item);
    return item;
  } catch {
    const { stream, revision, id, type, schemaVersion, recordedAt, data, metadata } = recorded;
    const unreadable = sight.seesPayloads ? { data, metadata } : {};
    return JSON.stringify({ stream, revision: Number(revision), id, type, schemaVersion, recordedAt, unreadable });
  }
}
