import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { createCatchUpInThread } from '../../../src/main/filling/fill-in-thread.ts';
import { readOnly } from '../../../src/projections/database.ts';
import { listEvents } from '../../../src/projections/events/queries.ts';
import { events } from '../../../src/projections/events/read-model.ts';
import {
  latestTransitions2,
  latestTransitionsWithBug,
} from '../../support/projections/latest-transitions/other-versions.ts';
import { plantWrongRows } from '../../support/projections/planted-rows.ts';
import { identityOf, operatorOf, schemasBeside } from '../../support/projections/rebuilding.ts';
import { type ProfileName, restartableProfile, withExample } from '../../support/projections/restartable-profile.ts';
import { checkpointOf, rowsOf } from '../../support/projections/tables-of-read-models.ts';
import { describeOn } from '../../support/services/real-services.ts';

type Profile = Awaited<ReturnType<typeof restartableProfile>>;
type Running = Awaited<ReturnType<Profile['start']>>;

const LONGEST_MS = 60_000;

async function postAll({ post }: Profile, name: string, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => post(`${name} ${index}`)));
}

/** Until every event has ended, and the rows say so. */
async function untilSettled({ log }: Profile, { db }: Running): Promise<void> {
  const count = (type: string) => log.all.filter((each) => each.type === type).length;
  const open = () => count('EventReceived') - count('ProcessingSucceeded');
  await expect.poll(open, { timeout: LONGEST_MS, interval: 20 }).toBe(0);
  const end = async () => (await log.head())?.checkpoint;
  const isThere = async () => (await checkpointOf(db, events)) === (await end());
  await expect.poll(isThere, { timeout: LONGEST_MS, interval: 20 }).toBe(true);
}

const operatorFor = (profile: Profile, projection: string) => operatorOf(projection, profile.log, profile.useCases);

function suite(name: ProfileName): void {
  it('is filled beside the rows that are read, promoted, and rolled back, while events come and lists are read', async () => {
    const profile = await restartableProfile(name);
    const running = await profile.start(undefined, { createFill: createCatchUpInThread });
    const { db } = running;
    const operator = operatorFor(profile, 'events');
    await postAll(profile, 'before', 30);
    await untilSettled(profile, running);
    const before = await identityOf(db, 'events');
    const reader = new AbortController();
    onTestFinished(() => reader.abort());
    const reading = (async () => {
      for (let reads = 0; ; reads++) {
        if (reader.signal.aborted) return reads;
        await listEvents(readOnly(db), {}, { limit: 10 });
        await systemClock.sleep(5);
      }
    })();
    reading.catch(() => {});

    await operator.request('one');
    await postAll(profile, 'meanwhile', 10);
    expect((await operator.until('compared'))?.report).toMatchObject({ differences: [], rowsThatDiffer: 0 });
    expect(await identityOf(db, 'events')).toBe(before);
    await operator.promote('one');
    await operator.until('promoted');
    const after = await identityOf(db, 'events');
    expect(after).not.toBe(before);

    await postAll(profile, 'after', 10);
    await untilSettled(profile, running);
    const rows = await rowsOf(db, events);
    expect(rows).toHaveLength(50);
    await expect.poll(() => rowsOf(db, events, 'rebuild_events'), { timeout: LONGEST_MS }).toEqual(rows);
    await operator.ask('RollBackRebuild', 'one');
    await operator.until('dropped');
    expect(await identityOf(db, 'events')).toBe(before);
    expect(await rowsOf(db, events)).toEqual(rows);
    expect(await schemasBeside(db)).toEqual([]);
    reader.abort();
    expect(await reading).toBeGreaterThan(0);
  });

  it('finds every planted row, column by column; what differs is not promoted, and cancelling changes nothing', async () => {
    const profile = await restartableProfile(name);
    const running = await profile.start();
    const { db } = running;
    await postAll(profile, 'event', 110);
    await untilSettled(profile, running);
    const planted = await plantWrongRows(db, 5);
    const rows = await rowsOf(db, events);
    const operator = operatorFor(profile, 'events');
    await operator.request('one');
    const report = (await operator.until('compared'))?.report;
    const found = report?.differences.map(({ column, kind, count }) => ({ column, kind, count }));
    expect(found?.toSorted(byText)).toEqual([...planted].sort(byText));
    expect(report?.rowsThatDiffer).toBe(planted.length * 5);
    expect(report?.differences.every(({ examples }) => examples.length === 5)).toBe(true);

    expect(await operator.promote('one')).toMatchObject({ ok: false, rejection: { code: 'rebuild-differs' } });
    await operator.ask('CancelRebuild', 'one');
    await operator.until('dropped');
    expect(await rowsOf(db, events)).toEqual(rows);
    expect(await schemasBeside(db)).toEqual([]);
  });

  it('works for every read model, one beside the other', async () => {
    const profile = await restartableProfile(name);
    const running = await profile.start();
    await postAll(profile, 'event', 20);
    await untilSettled(profile, running);
    const operators = withExample.map((readModel) => operatorFor(profile, readModel.name));
    for (const operator of operators) await operator.request('one');
    for (const operator of operators) {
      expect((await operator.until('compared'))?.report).toMatchObject({ differences: [] });
      await operator.promote('one');
    }
    await postAll(profile, 'later', 5);
    for (const operator of operators) await operator.until('promoted');
    await untilSettled(profile, running);
    for (const operator of operators) {
      await operator.ask('DropRebuild', 'one');
      await operator.until('dropped');
    }
    expect(await schemasBeside(running.db)).toEqual([]);
  });

  it('replaces a version by the next: the old one serves until then, and a bug in the next is found', async () => {
    const profile = await restartableProfile(name);
    const first = await profile.start();
    await postAll(profile, 'event', 10);
    await untilSettled(profile, first);
    await first.stop();

    const withBug = await profile.start([...withExample, latestTransitionsWithBug]);
    const operator = operatorFor(profile, 'latest-transitions');
    await operator.request('with a bug', 2);
    const different = await operator.until('compared');
    expect(different?.report?.differences).toMatchObject([{ table: 'latest_transitions', column: 'type', count: 10 }]);
    expect(await operator.promote('with a bug')).toMatchObject({ ok: false, rejection: { code: 'rebuild-differs' } });
    await operator.ask('CancelRebuild', 'with a bug');
    await operator.until('dropped');
    await withBug.stop();

    const both = [...withExample, latestTransitions2];
    const second = await profile.start(both);
    const columnsOf = async (db: Running['db']) => {
      const { rows } = await sql<{
        row: object;
      }>`select to_jsonb(latest_transitions) as row from latest_transitions`.execute(db);
      return [...new Set(rows.flatMap(({ row }) => Object.keys(row)))].sort();
    };
    expect(await columnsOf(second.db)).toEqual(['revision', 'stream', 'type']);
    await operator.request('next', 2);
    const report = (await operator.until('compared'))?.report;
    expect(report).toMatchObject({ differences: [], notCompared: [{ column: 'is_new' }] });
    await operator.promote('next');
    await operator.until('promoted');
    expect(await columnsOf(second.db)).toEqual(['is_new', 'revision', 'stream', 'type']);
    await second.stop();

    const third = await profile.start(both);
    await postAll(profile, 'later', 5);
    await untilSettled(profile, third);
    const rows = async () => (await rowsOf(third.db, latestTransitions2)).length;
    await expect.poll(rows, { timeout: LONGEST_MS }).toBe(15);
    await operator.ask('RollBackRebuild', 'next');
    await operator.until('dropped');
    expect(await columnsOf(third.db)).toEqual(['revision', 'stream', 'type']);
    expect(await rows()).toBe(15);
  });
}

const byText = (one: object, other: object) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

const TIMEOUT = { timeout: 240_000 };
describe('a rebuild in the embedded read tables', TIMEOUT, () => suite('embedded'));
describeOn('PostgreSQL', 'a rebuild in PostgreSQL', () =>
  describe('with roles of one process', TIMEOUT, () => suite('PostgreSQL')),
);
