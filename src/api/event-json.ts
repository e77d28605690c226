import { hash } from 'node:crypto';
import type { EventView } from '../projections/events/queries.ts';

/** What a client may see of events. */
export interface Sight {
  readonly seesPayloads: boolean;
}

/** Of who has just sent the same payload. */
export const ofSender: Sight = { seesPayloads: true };

/**
 * An event as clients see it. The payload is spliced in as the text that it is: parsing it would alter it.
 * @param ofFailure what is said about a dead letter beside the event itself.
 */
export function eventJson(event: EventView, { seesPayloads }: Sight, ofFailure: object = {}): string {
  const { id, type, source, status, idempotencyKey, payload, clientId: _, ...others } = event;
  const head = JSON.stringify({ id, type, source, status, idempotencyKey });
  const ofPayload = seesPayloads ? `,"payload":${payload}` : '';
  return `${head.slice(0, -1)}${ofPayload},${JSON.stringify({ ...others, ...ofFailure }).slice(1)}`;
}

/**
 * Another one for what is shown without its payload, because it is not what a client with more permissions would get, and with what is
 * said about its failure, because that comes after the event's last transition.
 */
export function etagOf({ revision }: EventView, { seesPayloads }: Sight, ofFailure?: object): string {
  const tail = ofFailure === undefined ? '' : `-${hash('sha256', JSON.stringify(ofFailure), 'hex').slice(0, 12)}`;
  return `"${revision}${seesPayloads ? '' : '-without-payload'}${tail}"`;
}

export const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';
