import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventView } from '../../../../src/projections/events/queries.ts';
import type { ObservedRow } from '../../guarantees/evidence.ts';
import { askUntilCertain, type Service } from './ask.ts';
import { types } from './fates.ts';
import type { WitnessFile } from './witness-file.ts';

const LOOK_EVERY_MS = 100;
/** Longer than the sweep takes to notice what was lost. */
const STUCK_AFTER_MS = 60_000;
/** What still goes on then goes round in circles. */
const ENDLESS_AFTER_MS = 300_000;
const PAGE_SIZE = 200;
const unfinished = ['RECEIVED', 'PROCESSING', 'FAILED'];

type Item = Omit<EventView, 'payload' | 'clientId'> & {
  readonly payload: unknown;
  readonly failureGroupId?: unknown;
  readonly explanation?: unknown;
};
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
 * Waits until every event has come to its end, or nothing has moved for a minute: what is not at its end then is stuck,
 * while a machine that has much to do may take its time, of five minutes at most. Nobody may post or replay any more: one last event, the canary,
 * has its row only after all that was done before has been projected, and by then the lists tell what is on its way.
 * @returns how many milliseconds it waited.
 */
export async function untilAtRest(service: Service, witness: WitnessFile): Promise<number> {
  const startedAt = performance.now();
  const source = `canary/${randomUUID()}`;
  await postCanary(service, witness, source);
  /** What an unfinished event's row says, one of each status; `null` once there is none. */
  const unfinishedEvents = async () => {
    const found = await Promise.all(unfinished.map((status) => firstOf(service, { status })));
    if (found.some((item) => item !== null) || !(await firstOf(service, { source, status: 'PROCESSED' }))) return found;
    // Retries in step may have gone from one status to another between two looks. Whoever has an end keeps it.
    const rows = [...(await listRows(service, performance.now() + STUCK_AFTER_MS)).values()];
    return rows.every(({ status }) => !unfinished.includes(status)) ? null : found;
  };
  let before = '';
  let movedAt = startedAt;
  while (performance.now() - movedAt < STUCK_AFTER_MS && performance.now() - startedAt < ENDLESS_AFTER_MS) {
    const found = await unfinishedEvents();
    if (found === null) break;
    const now = JSON.stringify(found);
    if (now !== before) movedAt = performance.now();
    before = now;
    await pause(LOOK_EVERY_MS);
  }
  return performance.now() - startedAt;
}

async function postCanary(service: Service, witness: WitnessFile, source: string): Promise<void> {
  const payload = JSON.stringify({ number: 1 });
  const body = `{"type":"${types.steady}","source":"${source}","payload":${payload}}`;
  const headers = { 'idempotency-key': source };
  const question = { path: '/v1/events', headers, body };
  const posted = await askUntilCertain(service, question, performance.now() + STUCK_AFTER_MS);
  const { id: eventId } = posted.body as { readonly id: string };
  await witness.acknowledged({ eventId, idempotencyKey: source, payload });
}

const firstOf = async (service: Service, query: Readonly<Record<string, string>>): Promise<Item | null> =>
  (await list(service, { ...query, limit: '1' }, performance.now() + STUCK_AFTER_MS)).items[0] ?? null;

/** Every row, as the lists tell it, without what they say of a dead letter from rows of other read models. */
export async function listRows(service: Service, deadline: number): Promise<ReadonlyMap<string, ObservedRow>> {
  const rows = new Map<string, ObservedRow>();
  let cursor: string | null = null;
  do {
    const page: Page = await list(service, { limit: `${PAGE_SIZE}`, ...(cursor === null ? {} : { cursor }) }, deadline);
    for (const { payload, failureGroupId: _group, explanation: _explanation, ...row } of page.items)
      rows.set(row.id, { ...row, payload: JSON.stringify(payload) });
    cursor = page.nextCursor;
  } while (cursor !== null);
  return rows;
}
