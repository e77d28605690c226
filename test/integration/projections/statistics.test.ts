import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deriveUuid } from '../../../src/application/event-identity.ts';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import { type Database, readOnly } from '../../../src/projections/database.ts';
import { createProjectionStore } from '../../../src/projections/projection-store.ts';
import { statisticsLimits } from '../../../src/projections/statistics/count-facts.ts';
import {
  statisticsByFailure,
  statisticsByStatus,
  statisticsByType,
  windowOf,
} from '../../../src/projections/statistics/queries.ts';
import { createStatistics } from '../../../src/projections/statistics/read-model.ts';
import { failure, histories, moment } from '../../support/domain/transitions.ts';
import { breachesOfStatistics } from '../../support/guarantees/statistics-breaches.ts';
import { type Life, life, logOfLives, readPagesOf } from '../../support/projections/lives.ts';
import { rowsOf } from '../../support/projections/tables-of-read-models.ts';
import { checkpointAfter, projectorOf } from '../../support/read-database/following.ts';
import { readTablesOfThisFile } from '../../support/read-database/of-this-file.ts';
import { openReadTablesAt } from '../../support/read-database/postgres.ts';
import { statisticsIn } from '../../support/read-database/statistics.ts';
import { describeOn, isolated } from '../../support/services/real-services.ts';

const db = readTablesOfThisFile();

/** Counts the log in batches of these sizes, again and again in turn. */
async function project(
  log: readonly RecordedTransition[],
  { sizes = [1_000], limits = statisticsLimits, slot = null as string | null, into = db() } = {},
) {
  const readModel = createStatistics(limits);
  const store = createProjectionStore(into, readModel, slot);
  const projector = projectorOf(readModel, into, { store, slot, log: readPagesOf(log) });
  await projector.load();
  for (let from = 0, nth = 0; from < log.length; nth++) {
    const to = Math.min(log.length, from + (sizes[nth % sizes.length] ?? 1));
    await projector.handle(log.slice(from, to), checkpointAfter(to));
    from = to;
  }
  return readModel;
}

async function clear(from: Kysely<Database>): Promise<void> {
  await createProjectionStore(from, createStatistics()).load();
  for (const table of [...createStatistics().tables, 'checkpoints'])
    await sql`delete from ${sql.id(table)}`.execute(from);
}

describe('statistics', () => {
  it('are the sums of all histories, whatever is read at one time, and however clocks differ', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(life, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
        fc.record({ names: fc.integer({ min: 1, max: 4 }), kept: fc.integer({ min: 1, max: 6 }) }),
        async (lives, sizes, { names, kept }) => {
          await clear(db());
          const limits = { names, kept: { '1m': kept, '1h': kept, '1d': kept } };
          const log = logOfLives(lives);
          const readModel = await project(log, { sizes, limits });
          expect(breachesOfStatistics(log, await statisticsIn(db()), limits)).toEqual([]);
          const inPieces = await rowsOf(db(), readModel);
          await clear(db());
          await project(log, { limits });
          expect(await rowsOf(db(), readModel)).toEqual(inPieces);
        },
      ),
      { numRuns: 4 },
    );
  }, 120_000);

  it('count nothing twice, where the checkpoint was put back and the log is read again', async () => {
    await clear(db());
    const log = logOfLives([
      { type: 'order.placed', history: histories.discarded, seconds: (revision) => revision },
      { type: 'order.paid', history: histories.replayed, seconds: (revision) => 60 * revision },
      { type: 'order.paid', history: histories['waiting for a retry'], seconds: (revision) => revision },
    ]);
    const readModel = await project(log);
    const before = await rowsOf(db(), readModel);
    await db().deleteFrom('checkpoints').execute();
    await project(log, { sizes: [3] });
    expect(await rowsOf(db(), readModel)).toEqual(before);
    expect(breachesOfStatistics(log, await statisticsIn(db()), statisticsLimits)).toEqual([]);
  });

  it('remember no event that has ended, and still know the type of one that is replayed or discarded', async () => {
    await clear(db());
    const log = logOfLives([
      { type: 'order.placed', history: histories.discarded, seconds: (revision) => revision },
      { type: 'order.paid', history: histories.replayed, seconds: (revision) => revision },
    ]);
    await project(log, { sizes: [1] });
    const { open, events } = await statisticsIn(db());
    expect(open).toEqual([deriveUuid('event-1')]);
    const ofDay = events.filter(({ bucket }) => bucket === '1d');
    expect(ofDay.toSorted((some, other) => (some.type < other.type ? -1 : 1))).toMatchObject([
      { type: 'order.paid', counts: { received: 1, processed: 1, replayed: 1 } },
      { type: 'order.placed', counts: { received: 1, dead: 1, discarded: 1 } },
    ]);
  });

  it('leave out what is not as it was written', async () => {
    await clear(db());
    const log = logOfLives([{ type: 'order.placed', history: histories.processed, seconds: () => 0 }]);
    const falsified = log.map((recorded) =>
      recorded.type === 'ProcessingSucceeded' ? { ...recorded, data: recorded.data.replace('12', '13') } : recorded,
    );
    await project(falsified);
    const { events } = await statisticsIn(db());
    expect(events.map(({ counts }) => [counts['started'], counts['processed']])).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
  });
});

const at = (seconds: number) => Date.parse(moment(seconds));

function questions(on: () => Kysely<Database>): void {
  const one: Life = { type: 'order.placed', history: histories.processed, seconds: (revision) => revision * 30 };
  const dead: Life = { type: 'order.paid', history: histories.dead, seconds: (revision) => 120 + revision };

  it('are answered by type, each with its course, and all together', async () => {
    await clear(on());
    await project(logOfLives([one, one, dead]), { into: on() });
    const window = windowOf('1m', { since: at(0), until: at(300) });
    if (window === null) throw new Error('The window is too wide');
    const { total, groups } = await statisticsByType(readOnly(on()), window);
    expect(total.counts).toMatchObject({ received: 3, started: 3, processed: 2, failed: 1, dead: 1, retried: 0 });
    expect(total).toMatchObject({ retryRate: 0, attempts: { count: 3, p50Ms: 12 }, endToEnd: { count: 3 } });
    expect(groups).toMatchObject([
      {
        ...{
          type: 'order.placed',
          endToEnd: { count: 2, p50Ms: expect.closeTo(60_000, -4), p99Ms: expect.closeTo(60_000, -4) },
        },
        points: [
          { startedAt: moment(0), counts: { received: 2, started: 2, processed: 0 }, endToEnd: null },
          { startedAt: moment(60), counts: { received: 0, processed: 2 }, attempts: { count: 2, p50Ms: 12 } },
        ],
      },
      { type: 'order.paid', counts: { dead: 1 }, points: [{ startedAt: moment(120) }] },
    ]);
  });

  it('are answered by kind of transition, and by kind of failure', async () => {
    await clear(on());
    await project(logOfLives([one, dead, dead]), { into: on() });
    const window = windowOf('1h', { since: null, until: at(300) });
    if (window === null) throw new Error('The window is too wide');
    const byStatus = await statisticsByStatus(readOnly(on()), window);
    expect(byStatus.groups).toContainEqual({ status: 'dead', count: 2, points: [{ startedAt: moment(0), count: 2 }] });
    expect(byStatus.groups).toContainEqual({ status: 'retried', count: 0, points: [] });
    const { total, groups } = await statisticsByFailure(readOnly(on()), window);
    expect(total.counts).toMatchObject({ received: 3 });
    const { class: name, fingerprint } = failure;
    expect(groups).toEqual([{ class: name, fingerprint, count: 2, points: [{ startedAt: moment(0), count: 2 }] }]);
  });

  it('are answered where nothing happened', async () => {
    await clear(on());
    const window = windowOf('1d', { since: null, until: at(0) });
    if (window === null) throw new Error('The window is too wide');
    const { total, groups } = await statisticsByType(readOnly(on()), window);
    expect([total.retryRate, total.attempts, total.counts.received, groups]).toEqual([null, null, 0, []]);
    expect((await statisticsByFailure(readOnly(on()), window)).groups).toEqual([]);
  });

  it('name the ten of which most happened, and count all others together, last', async () => {
    await clear(on());
    const lives = Array.from({ length: 24 }, (_, index) => ({ ...one, type: `type-${Math.min(index, 11)}` }));
    await project(logOfLives(lives), { into: on() });
    const window = windowOf('1h', { since: null, until: at(0) });
    if (window === null) throw new Error('The window is too wide');
    const { groups } = await statisticsByType(readOnly(on()), window);
    expect(groups.map(({ type }) => type)).toEqual([
      'type-11',
      ...[0, 1, 10, 2, 3, 4, 5, 6, 7].map((n) => `type-${n}`),
      null,
    ]);
    expect(groups.at(-1)).toMatchObject({ counts: { received: 2 }, attempts: { count: 2 } });
  });
}

describe('questions about statistics in the data folder', () => questions(db));
describeOn('PostgreSQL', 'questions about statistics in PostgreSQL', () => {
  let opened: Awaited<ReturnType<typeof openReadTablesAt>> | null = null;
  beforeAll(async () => {
    opened = await openReadTablesAt(await isolated('PostgreSQL'));
  });
  afterAll(() => opened?.close());
  questions(() => opened?.db as Kysely<Database>);
});
