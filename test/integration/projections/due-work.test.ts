import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { deriveUuid } from '../../../src/application/event-identity.ts';
import { ConcurrencyConflict } from '../../../src/application/failures.ts';
import type { DueKind } from '../../../src/application/ports/due-work.ts';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { Transition } from '../../../src/domain/event/transitions.ts';
import { createDueWork } from '../../../src/projections/due-work/queries.ts';
import { dueWork as readModel } from '../../../src/projections/due-work/read-model.ts';
import { createProjectionStore } from '../../../src/projections/projection-store.ts';
import { histories, moment, received, started, succeeded } from '../../support/domain/transitions.ts';
import { checkpointAfter, historyOf, logOf, projectorOf } from '../../support/read-database/following.ts';
import { readTablesOfThisFile } from '../../support/read-database/of-this-file.ts';
import { emptyTables } from '../../support/read-database/rows.ts';

const db = readTablesOfThisFile();
const work = () => createDueWork(db());
const again = { initialDelayMs: 30_000, maxDelayMs: 600_000 };
const holdMs = 5_000;
const take = (kind: DueKind, limit = 10) => work().take(kind, limit, holdMs);
const idsOf = (rows: readonly { readonly eventId: string }[]) => rows.map(({ eventId }) => eventId);
async function project(log: readonly RecordedTransition[], upTo = log.length): Promise<void> {
  const projector = projectorOf(readModel, db());
  await projector.load();
  await projector.handle(log, checkpointAfter(upTo));
}
/** As if so much time had passed since the rows were written or taken. */
const letPass = (milliseconds: number) =>
  sql`update due_work set ask_at = ask_at - ${milliseconds} * interval '1 ms'`.execute(db());
const waiting = (name: string, history: readonly Transition[] = [received()]) => historyOf(name, history);

describe('due work', () => {
  it('is taken once its time has come, the longest overdue first, each kind by itself', async () => {
    await project(logOf([...waiting('first'), ...waiting('failed', histories['waiting for a retry'])]));
    await letPass(10);
    await project(logOf(waiting('second')), 9);
    expect(await take('command')).toEqual([]);
    await letPass(30_000);
    expect(idsOf(await take('command', 1))).toEqual([deriveUuid('first')]);
    expect(await take('command')).toEqual([
      { ...{ eventId: deriveUuid('second'), kind: 'command', generation: 0, attempts: 0 }, revision: 0, dueAt: null },
    ]);
    const retry = { eventId: deriveUuid('failed'), kind: 'retry', generation: 0, attempts: 1, dueAt: moment(60) };
    expect(await take('retry')).toMatchObject([retry]);
  });

  it('comes up again soon when nothing came of it', async () => {
    await project(logOf(waiting('event', histories['waiting for a retry'])));
    const rows = await take('retry');
    expect(await take('retry')).toEqual([]);
    await letPass(holdMs);
    expect(await take('retry')).toEqual(rows);
  });

  it('is put off twice as long each time, and starts again when its event moves on', async () => {
    await project(logOf(waiting('event')));
    await letPass(30_000);
    for (const delayMs of [30_000, 60_000, 120_000]) {
      const rows = await take('command');
      expect(rows).toHaveLength(1);
      await work().putOff(rows, again);
      await letPass(delayMs * 0.7);
      expect(await take('command')).toEqual([]);
      await letPass(delayMs * 0.3);
    }
    await project(logOf(historyOf('event', [received(), started()]).slice(1)), 2);
    expect(await db().selectFrom('due_work').select(['kind', 'asks']).execute()).toEqual([{ kind: 'lease', asks: 0 }]);
  });

  it('that a pause holds is parked, looked at again later, and taken at once when the pause ends', async () => {
    await project(logOf([...waiting('lost'), ...waiting('failed', histories['waiting for a retry'])]));
    await letPass(90_000);
    const [lost] = await take('command');
    const [failed] = await take('retry');
    if (lost === undefined || failed === undefined) throw new Error('both are due');
    await work().park([lost, { ...failed, revision: failed.revision - 1 }], 300_000);
    await letPass(holdMs);
    expect([await take('command'), await take('paused')], 'and one that has moved on is not').toEqual([[], []]);
    expect(idsOf(await take('retry'))).toEqual([failed.eventId]);
    await letPass(300_000);
    expect(idsOf(await take('paused'))).toEqual([lost.eventId]);
    await work().hasten(['paused'], null, 10);
    expect(idsOf(await take('command'))).toEqual([lost.eventId]);
  });

  it('of a retry is a command once it was put off', async () => {
    await project(logOf(waiting('event', histories['waiting for a retry'])));
    const rows = await take('retry');
    await work().putOff(rows, again);
    await letPass(30_000);
    expect(await take('retry')).toEqual([]);
    expect(idsOf(await take('command'))).toEqual(idsOf(rows));
  });

  it('is not put off once its event has moved on', async () => {
    const [receipt, start] = historyOf('event', [received(), started()]);
    await project([receipt as RecordedTransition]);
    await letPass(30_000);
    const rows = await take('command');
    await project([start as RecordedTransition], 2);
    await work().putOff(rows, again);
    expect(await db().selectFrom('due_work').select(['kind', 'asks']).execute()).toEqual([{ kind: 'lease', asks: 0 }]);
  });

  it('is gone when its event has ended, and does not come back when what was before is handed over again', async () => {
    const log = logOf(historyOf('event', [received(), started(), succeeded()]));
    for (const [index, transition] of log.entries()) await project([transition], index + 1);
    expect(await db().selectFrom('due_work').selectAll().execute()).toEqual([]);
    // As after a restart with tables of an earlier moment: again, but to the end.
    await project(log.slice(0, 2), 4);
    await project(log.slice(2), 5);
    expect(await db().selectFrom('due_work').selectAll().execute()).toEqual([]);
  });

  it('is hastened page by page', async () => {
    const names = ['a', 'b', 'c'];
    await project(logOf(names.flatMap((name) => waiting(name))));
    const ids = names.map((name) => deriveUuid(name)).toSorted();
    const first = await work().hasten(['command'], null, 2);
    expect(idsOf(await take('command')).toSorted()).toEqual(first);
    const second = await work().hasten(['command'], first.at(-1) ?? null, 2);
    expect([...first, ...second]).toEqual(ids);
    expect(await work().hasten(['command', 'lease'], ids.at(-1) ?? null, 2)).toEqual([]);
    expect(await work().hasten(['lease'], null, 2)).toEqual([]);
  });

  it('of an event with a transition that cannot be read is looked into until it can', async () => {
    const history = historyOf('event', [received(), started(), succeeded()]);
    const unknown = history.map((one) => (one.type === 'ProcessingSucceeded' ? { ...one, type: 'Surprise' } : one));
    await project(logOf(unknown));
    await letPass(30_000);
    expect(await take('unreadable')).toHaveLength(1);
    expect(await work().readAgain(unknown)).toBe(false);
    expect(await work().readAgain(history.slice(0, 2)), 'what was read before it moved on').toBe(true);
    expect(await db().selectFrom('due_work').select('kind').execute()).toEqual([{ kind: 'unreadable' }]);
    expect(await work().readAgain(history)).toBe(true);
    expect(await db().selectFrom('due_work').selectAll().execute()).toEqual([]);
  });

  it('is taken from an index, however much there is of another kind', async () => {
    await sql`
      insert into due_work (id, kind, generation, attempts, revision, ask_at)
      select gen_random_uuid(), case i % 500 when 0 then 'retry' else 'command' end, 0, 0, 0,
        timestamptz '2026-01-01' + i * interval '1 s'
      from generate_series(1, 20000) as i`.execute(db());
    await sql`analyze due_work`.execute(db());
    const { rows } = await sql`
      explain (format json) select id from due_work where kind = 'retry' and ask_at <= now() order by ask_at limit 20
      for update skip locked`.execute(db());
    expect(JSON.stringify(rows)).toContain('"Index Name":"due_work_by_time"');
    expect(JSON.stringify(rows)).not.toMatch(/"Node Type":"(Seq Scan|Sort)"/);
  });
});

describe('that the due work is complete', () => {
  it('is known once the projector has been at the end of the log, and unknown when it begins again', async () => {
    const store = createProjectionStore(db(), readModel);
    const projector = projectorOf(readModel, db());
    expect(await work().isCaughtUp()).toBe(false);
    await projector.load();
    await projector.caughtUp?.();
    expect(await work().isCaughtUp()).toBe(true);
    await projector.load();
    expect(await work().isCaughtUp()).toBe(false);
    await store.markCaughtUp(null);
    expect(await work().isCaughtUp()).toBe(true);
  });

  it('is not said of tables that were emptied behind the projector', async () => {
    const projector = projectorOf(readModel, db());
    await projector.load();
    await projector.handle(logOf(waiting('first')), checkpointAfter(1));
    await emptyTables(db());
    await expect(Promise.resolve(projector.caughtUp?.())).rejects.toThrow(ConcurrencyConflict);
    expect(await work().isCaughtUp()).toBe(false);
  });
});
