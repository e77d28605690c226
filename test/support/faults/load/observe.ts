import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventView } from '../../../../src/projections/events/queries.ts';
import type { ObservedRow } from '../../guarantees/evidence.ts';
import { askUntilCertain, type Service } from './ask.ts';
import { types } from './fates.ts';
import type { WitnessFile } from './witness-file.ts';

const LOOK_EVERY_MS = 100;
const PAGE_SIZE = 200;
const unfinished = ['RECEIVED', 'PROCESSING', 'FAILED'];

type Item = Omit<EventView, 'payload' | 'clientId'> & { readonly payload: unknown };
interface Page {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

const list = async (service: Service, query: Readonly<Record<string, string>>, deadline: number): Promise<Page> => {
  const path = `/v1/events?${new URLSearchParams(query).toString()}`;
  const { status, body } = await askUntilCertain(service, { path }, deadline);
  if (status !== 200) throw new Error(`${path} was answered with ${status}: ${JSON.stringify(body)}`);
  return body as Page;
};

/**
 * Waits until every event has come to its end. Nobody may post or replay any more: one last event, the canary, has its
 * row only after all that was done before has been projected, and by then the lists tell what is still on its way.
 * @returns the rest took so many milliseconds, or `null` when `deadline` passed: then something is stuck.
 */
export async function untilAtRest(service: Service, witness: WitnessFile, deadline: number): Promise<number | null> {
  const startedAt = performance.now();
  const source = `canary/${randomUUID()}`;
  const payload = JSON.stringify({ number: 1 });
  const body = `{"type":"${types.steady}","source":"${source}","payload":${payload}}`;
  const headers = { 'idempotency-key': source };
  const posted = await askUntilCertain(service, { path: '/v1/events', headers, body }, deadline);
  const { id: eventId } = posted.body as { readonly id: string };
  await witness.acknowledged({ eventId, idempotencyKey: source, payload });

  const isThere = async (query: Readonly<Record<string, string>>) =>
    (await list(service, { ...query, limit: '1' }, deadline)).items.length > 0;
  const isAtRest = async () => {
    if (!(await isThere({ source, status: 'PROCESSED' }))) return false;
    for (const status of unfinished) if (await isThere({ status })) return false;
    // Retries in step may have gone from one status to another between two looks. Whoever has an end keeps it.
    const rows = [...(await listRows(service, deadline)).values()];
    return rows.every(({ status }) => !unfinished.includes(status));
  };
  while (performance.now() < deadline) {
    if (await isAtRest()) return performance.now() - startedAt;
    await pause(LOOK_EVERY_MS);
  }
  return null;
}

/** Every row, as the lists tell it. */
export async function listRows(service: Service, deadline: number): Promise<ReadonlyMap<string, ObservedRow>> {
  const rows = new Map<string, ObservedRow>();
  let cursor: string | null = null;
  do {
    const page: Page = await list(service, { limit: `${PAGE_SIZE}`, ...(cursor === null ? {} : { cursor }) }, deadline);
    for (const { payload, ...row } of page.items) rows.set(row.id, { ...row, payload: JSON.stringify(payload) });
    cursor = page.nextCursor;
  } while (cursor !== null);
  return rows;
}
