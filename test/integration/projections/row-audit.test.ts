import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { eventIdOfStream } from '../../../src/application/event-identity.ts';
import { createLogDivider } from '../../../src/application/log-segments/divide-log.ts';
import type { Checkpoint, LogPosition, RecordedTransition } from '../../../src/application/ports/event-log.ts';
import { revision } from '../../../src/application/ports/event-log.ts';
import { createRowAudit } from '../../../src/projections/events/parity/audit-rows.ts';
import { columnTypes } from '../../../src/projections/events/table.ts';
import { manualClock } from '../../support/api/manual-clock.ts';
import { histories } from '../../support/domain/transitions.ts';
import { checkpointAfter, historyOf, logOf, projectorOn } from '../../support/read-database/following.ts';
import { readTablesOfThisFile } from '../../support/read-database/of-this-file.ts';
import { createSegmentsInMemory } from '../../support/segments-in-memory.ts';
import { createSeededRandom } from '../../support/worker/seeded-random.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

const db = readTablesOfThisFile();

const events = Array.from({ length: 30 }, (_, index) =>
  historyOf(`audited ${index}`, index % 2 === 0 ? histories.dead : histories.processed),
);
const log = logOf(events.flat());
const idOf = (index: number) => eventIdOfStream(events[index]?.[0]?.stream ?? '');

async function* subscribed(after: Checkpoint | null) {
  const transitions = log.slice(after === null ? 0 : Number(after));
  if (transitions.length > 0)
    yield { kind: 'transitions', transitions, checkpoint: checkpointAfter(log.length) } as const;
  yield { kind: 'caught-up' } as const;
}

async function segmentsOfLog() {
  const segments = createSegmentsInMemory();
  const divider = createLogDivider({ log: { verifyCheckpoint: async () => {} }, segments, transitionsOfASegment: 1 });
  await divider.load();
  await divider.handle(log, checkpointAfter(log.length));
  return segments;
}

interface Turns {
  readonly turns?: number;
  readonly position?: number | null;
  readonly histories?: readonly RecordedTransition[];
  /** Before each turn but the first. */
  readonly between?: () => Promise<unknown>;
}

/** What so many turns of the audit found. */
async function audit({
  turns = 20,
  position = log.length,
  histories: read = log,
  between = async () => {},
}: Turns = {}) {
  const segments = await segmentsOfLog();
  const found = new Map<string, string>();
  const seen: { compared: number; different: number }[] = [];
  const stopping = new AbortController();
  const rowAudit = createRowAudit({
    db: db(),
    log: {
      readStream: async (stream, from = revision(0)) =>
        read.filter((one) => one.stream === stream && one.revision >= from),
      subscribeAll: subscribed,
    },
    segments,
    random: createSeededRandom(7),
    clock: {
      ...manualClock(),
      sleep: async () => {
        if (seen.length >= turns) stopping.abort();
        else await between();
      },
    },
    logger: { ...silentLogger, error: ({ eventId, reason }) => void found.set(String(eventId), String(reason)) },
    position: () => (position === null ? null : (BigInt(position) as LogPosition)),
    onTurn: (compared, different) => seen.push({ compared, different }),
  });
  await rowAudit.run(stopping.signal);
  return {
    found,
    notice: rowAudit.notice(),
    different: seen.at(-1)?.different,
    compared: seen.reduce((sum, one) => sum + one.compared, 0),
  };
}

const project = (transitions: readonly RecordedTransition[] = log) =>
  projectorOn(db()).handle(transitions, checkpointAfter(transitions.length));

/** One that is not the row's, of each column. */
const wrongValues: Readonly<Record<keyof typeof columnTypes, string>> = {
  ...{ id: "'ffffffff-ffff-8fff-bfff-ffffffffffff'", idempotency_key: "'x'", client_id: "'x'", source: "'x'" },
  ...{ type: "'x'", payload: "'1'", payload_text: "'1'", status: "'FAILED'", error_reason: "'x'" },
  ...{ created_at: 'now()', updated_at: 'now()', processed_at: 'now()', next_attempt_at: 'now()' },
  ...{ failure_fingerprint: "'x'", generation: '9', attempts: '9', ordering_key: "'x'", trace_id: "'x'" },
  revision: '1',
};

describe('the audit of rows', () => {
  it('finds nothing where rows are what their histories say', async () => {
    await project();
    const found = await audit();
    expect(found).toMatchObject({ notice: null, different: 0 });
    expect(found.compared).toBeGreaterThan(100);
  });

  it('finds a wrong value in each column, and names it', async () => {
    await project();
    const columns = Object.keys(columnTypes).filter((name) => name !== 'id' && name !== 'revision');
    const planted = columns.map((column, index) => [idOf(index), column] as const);
    for (const [id, column] of planted)
      await sql`update events set ${sql.raw(`${column} = ${wrongValues[column as keyof typeof columnTypes]}`)} where id = ${id}`.execute(
        db(),
      );
    const { found, different } = await audit({ turns: 40 });
    expect(different).toBe(columns.length);
    for (const [id, column] of planted)
      expect({ id, found: found.get(id) }).toEqual({ id, found: expect.stringContaining(column) });
  });

  it('finds a row that is ahead of its history', async () => {
    await project();
    await sql`update events set revision = 99 where idempotency_key = 'audited 4'`.execute(db());
    expect((await audit()).notice).toContain('(revision)');
  });

  it('finds a row that is missing, once it is known that the rows contain its event', async () => {
    await project();
    await db().deleteFrom('events').where('idempotency_key', '=', 'audited 4').execute();
    expect(await audit()).toMatchObject({ different: 1, notice: expect.stringContaining('(it is missing)') });
    expect(await audit({ position: null })).toMatchObject({ different: 0 });
    expect(await audit({ position: 0 })).toMatchObject({ different: 0 });
  });

  it('raises no alarm for rows that are behind the log, and compares them as far as they go', async () => {
    const begun = events.flatMap((one) => one.slice(0, 2));
    await project(logOf(begun));
    const found = await audit({ position: null });
    expect(found).toMatchObject({ notice: null, different: 0 });
    expect(found.compared).toBeGreaterThan(100);
  });

  it('leaves out what was passed over, which is listed already', async () => {
    await project();
    await db().deleteFrom('events').where('idempotency_key', '=', 'audited 4').execute();
    const [first] = events[4] ?? [];
    await db()
      .insertInto('projection_failures')
      .values({
        ...{ subscriber: 'projection:events', stream: first?.stream ?? '', revision: '0', type: 'T', reason: 'r' },
        ...{ transition_id: first?.id ?? '', failed_at: '2026-01-01T00:00:00.000Z' },
      })
      .execute();
    expect(await audit()).toMatchObject({ different: 0, notice: null });
  });

  it('repairs nothing, and drops a row from what differs when it was repaired', async () => {
    await project();
    const wrong = sql`update events set source = 'x' where idempotency_key = 'audited 4'`;
    await wrong.execute(db());
    expect(await audit()).toMatchObject({ different: 1 });
    const { source } = await db()
      .selectFrom('events')
      .select('source')
      .where('idempotency_key', '=', 'audited 4')
      .executeTakeFirstOrThrow();
    expect(source).toBe('x');
    const right = await db()
      .selectFrom('events')
      .select('source')
      .where('idempotency_key', '=', 'audited 5')
      .executeTakeFirstOrThrow();
    let turn = 0;
    const between = async () => {
      turn += 1;
      if (turn === 15)
        await db()
          .updateTable('events')
          .set({ source: right.source })
          .where('idempotency_key', '=', 'audited 4')
          .execute();
    };
    expect(await audit({ between })).toMatchObject({ different: 0, notice: null });
  });

  it('remembers a row no longer that was listed since', async () => {
    await project();
    await sql`update events set source = 'x' where idempotency_key = 'audited 4'`.execute(db());
    const [first] = events[4] ?? [];
    let turn = 0;
    const between = async () => {
      turn += 1;
      if (turn === 15)
        await db()
          .insertInto('projection_failures')
          .values({
            ...{ subscriber: 'projection:events', stream: first?.stream ?? '', revision: '0', type: 'T', reason: 'r' },
            ...{ transition_id: first?.id ?? '', failed_at: '2026-01-01T00:00:00.000Z' },
          })
          .execute();
    };
    const audited = await audit({ between });
    expect(audited.found.size).toBe(1);
    expect(audited).toMatchObject({ different: 0, notice: null });
  });

  it('ends when it is told to, also while the log gives no answer', async () => {
    await project();
    const stopping = new AbortController();
    const rowAudit = createRowAudit({
      ...{ db: db(), segments: await segmentsOfLog(), random: createSeededRandom(7), logger: silentLogger },
      ...{ clock: manualClock(), position: () => BigInt(log.length) as LogPosition },
      log: {
        readStream: async () => [],
        async *subscribeAll(_, options) {
          const ended = new Promise((resolve) => options?.signal?.addEventListener('abort', resolve));
          stopping.abort();
          await ended;
          yield* [];
        },
      },
    });
    await rowAudit.run(stopping.signal);
  });

  it('goes on after a database or a log that was unavailable', async () => {
    await project();
    let isUnavailable = true;
    const segments = await segmentsOfLog();
    const stopping = new AbortController();
    let turns = 0;
    const rowAudit = createRowAudit({
      ...{ db: db(), segments, random: createSeededRandom(7), logger: silentLogger, position: () => null },
      log: {
        readStream: async (stream) => {
          if (isUnavailable) throw new Error('unavailable');
          return log.filter((one) => one.stream === stream);
        },
        subscribeAll: subscribed,
      },
      clock: {
        ...manualClock(),
        sleep: async () => {
          isUnavailable = false;
          if (turns > 0) stopping.abort();
        },
      },
      onTurn: () => (turns += 1),
    });
    await rowAudit.run(stopping.signal);
    expect(turns).toBe(1);
  });
});
