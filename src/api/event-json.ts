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
 * @param beside what is said about a dead letter, or an event that a pause holds, beside the event itself.
 */
export function eventJson(event: EventView, { seesPayloads }: Sight, beside: object = {}): string {
  const { id, type, source, status, idempotencyKey, payload, clientId: _, ...others } = event;
  const head = JSON.stringify({ id, type, source, status, idempotencyKey });
  const ofPayload = seesPayloads ? `,"payload":${payload}` : '';
  return `${head.slice(0, -1)}${ofPayload},${JSON.stringify({ ...others, ...beside }).slice(1)}`;
}

/**
 * Another one for what is shown without its payload, because it is not what a client with more permissions would get, and with what is
 * said beside it, because that comes after the event's last transition.
 */
export function etagOf({ revision }: EventView, { seesPayloads }: Sight, beside?: object): string {
  const tail = beside === undefined ? '' : `-${hash('sha256', JSON.stringify(beside), 'hex').slice(0, 12)}`;
  return `"${revision}${seesPayloads ? '' : '-without-payload'}${tail}"`;
}

export const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';
