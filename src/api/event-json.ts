import type { EventView } from '../projections/events/queries.ts';

/** An event as clients see it. The payload is spliced in as the text that it is: parsing it would alter it. */
export function eventJson(event: EventView): string {
  const { id, type, source, status, idempotencyKey, payload, clientId: _, ...others } = event;
  const head = JSON.stringify({ id, type, source, status, idempotencyKey });
  return `${head.slice(0, -1)},"payload":${payload},${JSON.stringify(others).slice(1)}`;
}

export const etagOf = (event: EventView) => `"${event.revision}"`;

export const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';
