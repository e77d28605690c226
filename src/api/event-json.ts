import type { EventView } from '../projections/events/queries.ts';

/** What a client may see of events. */
export interface Sight {
  readonly seesPayloads: boolean;
}

/** Of who has just sent the same payload. */
export const ofSender: Sight = { seesPayloads: true };

/** An event as clients see it. The payload is spliced in as the text that it is: parsing it would alter it. */
export function eventJson(event: EventView, { seesPayloads }: Sight): string {
  const { id, type, source, status, idempotencyKey, payload, clientId: _, ...others } = event;
  const head = JSON.stringify({ id, type, source, status, idempotencyKey });
  const ofPayload = seesPayloads ? `,"payload":${payload}` : '';
  return `${head.slice(0, -1)}${ofPayload},${JSON.stringify(others).slice(1)}`;
}

/** Another one for what is shown without its payload: it is not what a client with more permissions would get. */
export const etagOf = ({ revision }: EventView, { seesPayloads }: Sight) =>
  seesPayloads ? `"${revision}"` : `"${revision}-without-payload"`;

export const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';
