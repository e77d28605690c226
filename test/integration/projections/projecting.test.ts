import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import { loadCheckpoint } from '../../../src/projections/checkpoints.ts';
import { readOnly } from '../../../src/projections/database.ts';
import { eventFromHistory, findEvent, listEvents } from '../../../src/projections/events/queries.ts';
import { carryOut, order } from '../../support/domain/arbitrary.ts';
import { histories, received, request, started, succeeded } from '../../support/domain/transitions.ts';
import { checkpointAfter, historyOf, logOf, projectorOn } from '../../support/read-database/following.ts';
import { readTablesOfThisFile } from '../../support/read-database/of-this-file.ts';
import { emptyTables } from '../../support/read-database/rows.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';

const db = readTablesOfThisFile();
const subscriber = 'projection:events';
const failures = () => db().selectFrom('projection_failures').selectAll().execute();

/** Draws several histories, and the log that their transitions make in some order that keeps each history's own. */
const interleaved = fc
  .tuple(fc.array(fc.array(order, { maxLength: 8 }), { minLength: 1, maxLength: 12 }), fc.infiniteStream(fc.nat()))
  .map(([series, choices]) => {
    const waiting = series.map((one, index) => [...historyOf(`event-${index}`, carryOut(one).history)]);
    const all: RecordedTransition[] = [];
    for (const choice of choices) {
      const left = waiting.filter((history) => history.length > 0);
      const next = left[choice % Math.max(1, left.length)]?.shift();
      if (next === undefined) break;
      all.push(next);
    }
    return logOf(all);
  });

/** How far each next hand-over reaches back into what was handed over before, and how much it hands over. */
const handOvers = fc.infiniteStream(
  fc.record({ back: fc.nat(12), size: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 40 })) }),
);

describe('the events projection', () => {
  it('makes each row the fold of its stream, however the log is cut into batches and however often handed over', async () => {
    await fc.assert(
      fc.asyncProperty(interleaved, handOvers, async (log, steps) => {
        await emptyTables(db());
        let reached = 0;
        for (const { back, size } of steps) {
          if (reached === log.length) break;
          // As after a crash: another projector goes on, from a place at which some of it is in the rows already.
          const projector = projectorOn(db());
          await projector.load();
          const from = Math.max(0, reached - back);
          const to = Math.min(log.length, from + size);
          await projector.handle(log.slice(from, to), checkpointAfter(to));
          expect(await loadCheckpoint(db(), subscriber)).toBe(checkpointAfter(to));
          reached = Math.max(reached, to);
        }
        for (const history of Map.groupBy(log, ({ stream }) => stream).values()) {
          const expected = eventFromHistory(history);
          expect(await findEvent(readOnly(db()), expected?.id ?? '')).toEqual(expected);
        }
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });

  it('rebuilds equal rows from the beginning of the log', async () => {
    const log = logOf(Object.entries(histories).flatMap(([name, history]) => historyOf(name, history)));
    const rows = () => db().selectFrom('events').selectAll().orderBy('id').execute();
    const live = projectorOn(db());
    for (const [index, transition] of log.entries()) await live.handle([transition], checkpointAfter(index + 1));
    const before = await rows();
    await emptyTables(db());
    const again = projectorOn(db());
    expect(await again.load()).toBeNull();
    await again.handle(log, checkpointAfter(log.length));
    expect(await rows()).toEqual(before);
  });

  it('moves its checkpoint over a part of the log that does not concern it', async () => {
    await projectorOn(db()).handle([], checkpointAfter(7));
    expect(await projectorOn(db()).load()).toBe(checkpointAfter(7));
  });

  it('stands still while the database is away, and leaves rows and checkpoint as they are', async () => {
    const projector = projectorOn(db());
    await sql`alter table events rename to elsewhere`.execute(db());
    await expect(projector.handle(historyOf('one', histories.processed), checkpointAfter(3))).rejects.toThrow(
      ReadDatabaseUnavailable,
    );
    await sql`alter table elsewhere rename to events`.execute(db());
    expect([await projector.load(), await failures()]).toEqual([null, []]);
    await projector.handle(historyOf('one', histories.processed), checkpointAfter(3));
    expect(await projector.load()).toBe(checkpointAfter(3));
  });
});

describe('a transition that cannot be projected', () => {
  const good = [...historyOf('good', histories.processed), ...historyOf('better', histories.dead)];
  const statuses = () =>
    db().selectFrom('events').select(['idempotency_key', 'status']).orderBy('idempotency_key').execute();
  // Never taken from a client, and no text that PostgreSQL keeps.
  const source = '4242\0';
  const [badReceipt] = historyOf('bad', [{ type: 'EventReceived', data: { ...request, source } }]);
  const [, oddStart] = historyOf('odd', [received(), started(), succeeded()], { schemaVersion: 2 });

  it.each([
    ['the database refuses it', badReceipt, 'refuses the data'],
    ['this version does not know it', oddStart, 'ProcessingStarted of schema version 2'],
  ])('because %s is recorded and passed over, and all others are written', async (_, bad, reason) => {
    if (bad === undefined) throw new Error('There is no such transition');
    const logger = createRecordingLogger();
    const projector = projectorOn(db(), { logger });
    const log = logOf([...good.slice(0, 3), bad, ...good.slice(3)]);
    await projector.handle(log, checkpointAfter(log.length));
    expect(await statuses()).toEqual([
      { idempotency_key: 'better', status: 'DEAD' },
      { idempotency_key: 'good', status: 'PROCESSED' },
    ]);
    expect(await failures()).toMatchObject([
      { subscriber, stream: bad.stream, revision: String(bad.revision), reason: expect.stringContaining(reason) },
    ]);
    expect(JSON.stringify([await failures(), logger.lines])).not.toContain('4242');
    expect(await projector.load()).toBe(checkpointAfter(log.length));
    expect(projector.progress()).toMatchObject({ failures: 1, transitions: log.length });
  });

  it.each(['{"v":0e1073741824}', '{"nul":"\\u0000"}', '"\\ud800"', '{"card": 4242'])(
    'is in every list all the same where the payload %s is no value for the database',
    async (payload) => {
      const refused = historyOf('refused', [
        { type: 'EventReceived', data: { ...request, payload } },
        ...histories.processed.slice(1),
      ]);
      const log = logOf([...good.slice(0, 2), ...refused, ...good.slice(2)]);
      await projectorOn(db()).handle(log, checkpointAfter(log.length));
      const { items } = await listEvents(readOnly(db()), { status: 'PROCESSED' }, { limit: 10 });
      expect(items).toContainEqual(eventFromHistory(refused));
      expect(await failures()).toEqual([]);
    },
  );

  it('is recorded once, however often it is met', async () => {
    if (badReceipt === undefined) throw new Error('There is no such transition');
    const projector = projectorOn(db());
    await projector.handle([badReceipt], checkpointAfter(1));
    await projector.handle([badReceipt], checkpointAfter(2));
    expect(await failures()).toHaveLength(1);
  });
});
