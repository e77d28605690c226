import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { deriveUuid } from '../../../src/application/event-identity.ts';
import { readOnly } from '../../../src/projections/database.ts';
import { dueWork } from '../../../src/projections/due-work/read-model.ts';
import { events } from '../../../src/projections/events/read-model.ts';
import type { ReadModel } from '../../../src/projections/read-model.ts';
import { received, started } from '../domain/transitions.ts';
import { appendAll, request } from '../event-log/transitions.ts';
import { sealedHistory } from '../sealed-history.ts';
import { countByLatestType } from './latest-transitions/queries.ts';
import { latestTransitions } from './latest-transitions/read-model.ts';
import { type ProfileName, restartableProfile, withExample } from './restartable-profile.ts';
import { checkpointOf, type HarmName, harms, rowsOf } from './tables-of-read-models.ts';

type Profile = Awaited<ReturnType<typeof restartableProfile>>;
type Running = Awaited<ReturnType<Profile['start']>>;

interface Harm {
  readonly harmed: ReadModel;
  readonly what: HarmName;
}

/** Where each takes seconds of a processor. */
export const fewHarms: readonly Harm[] = [
  { harmed: events, what: 'its checkpoint is of another log' },
  { harmed: latestTransitions, what: 'its tables are dropped' },
];
export const allHarms: readonly Harm[] = [
  ...(Object.keys(harms) as HarmName[]).map((what) => ({ harmed: events, what })),
  { harmed: latestTransitions, what: 'its tables are dropped' },
  { harmed: latestTransitions, what: 'its checkpoint is of another log' },
];

const LONGEST_MS = 30_000;
const eventually = <Value>(look: () => Promise<Value>) =>
  expect.poll(() => look().catch((error: unknown) => error), { timeout: LONGEST_MS, interval: 20 });

/** Until every event has ended and every read model is at the end of the log. */
async function untilSettled({ log }: Profile, { db }: Running, among = withExample): Promise<void> {
  const ended = () => log.all.filter(({ type }) => type === 'ProcessingSucceeded').length;
  const posted = () =>
    log.all.filter(({ type, stream }) => type === 'EventReceived' && stream.startsWith('event-')).length;
  await expect.poll(ended, { timeout: LONGEST_MS, interval: 20 }).toBe(posted());
  const end = (await log.head())?.checkpoint;
  for (const readModel of among) await eventually(() => checkpointOf(db, readModel)).toBe(end);
}

async function postAll({ post }: Profile, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await post(key);
}

export function describeReadModelsApart(name: ProfileName, harmsToShow: readonly Harm[]): void {
  describe('a read model that is one folder and one entry in the list', () => {
    it('is projected from streams of several prefixes, goes on after a restart, and is rebuilt alone', async () => {
      const profile = await restartableProfile(name);
      for (const stream of ['tally-1', 'unrelated-1']) {
        const written = sealedHistory([received(), started()], deriveUuid(stream), { stream });
        await appendAll(profile.log, [request({ stream, transitions: written })]);
      }
      const first = await profile.start();
      await postAll(profile, 'one', 'two', 'three');
      await untilSettled(profile, first);
      expect(await countByLatestType(readOnly(first.db))).toEqual({ ProcessingStarted: 1, ProcessingSucceeded: 3 });
      await first.stop();

      await postAll(profile, 'four');
      const second = await profile.start();
      await untilSettled(profile, second);
      expect(await countByLatestType(readOnly(second.db))).toEqual({ ProcessingStarted: 1, ProcessingSucceeded: 4 });

      const others = async () => [await rowsOf(second.db, events), await checkpointOf(second.db, events)];
      const before = await others();
      await sql`drop table latest_transitions`.execute(second.db);
      await eventually(() => countByLatestType(readOnly(second.db))).toEqual({
        ProcessingStarted: 1,
        ProcessingSucceeded: 4,
      });
      expect(await others()).toEqual(before);
    });
  });

  describe('when of one read model', () => {
    it.each(harmsToShow)(
      '$harmed.name, $what, no other is touched, and events are retried all the same',
      async ({ harmed, what }) => {
        const profile = await restartableProfile(name);
        const others = withExample.filter((each) => each !== harmed);
        const before = await profile.start();
        await postAll(profile, 'one', 'two', 'three');
        await untilSettled(profile, before);
        const whole = await rowsOf(before.db, harmed);
        const kept = await Promise.all(others.map((each) => rowsOf(before.db, each)));
        await harms[what](before.db, harmed);
        const left = what === 'its tables are dropped' ? null : await rowsOf(before.db, harmed);
        await before.stop();

        const after = await profile.start();
        const isForAnOperator = name === 'PostgreSQL' && what === 'its checkpoint is of another log';
        // From the first query on: the rows of another log are never shown.
        expect(after.refusalOf(harmed)).toEqual(
          isForAnOperator ? expect.stringContaining('are of another log, so they are not shown') : null,
        );
        for (const each of others) expect(after.refusalOf(each)).toBeNull();
        expect(await Promise.all(others.map((each) => rowsOf(after.db, each)))).toEqual(kept);
        const end = (await profile.log.head())?.checkpoint;
        expect(await Promise.all(others.map((each) => checkpointOf(after.db, each)))).toEqual(others.map(() => end));

        if (isForAnOperator) {
          await postAll(profile, 'later');
          await untilSettled(profile, after, others);
          expect(await rowsOf(after.db, harmed)).toEqual(left);
          const reasons = after.services
            .map(({ unhealthyReason }) => unhealthyReason())
            .filter((reason) => reason !== null);
          expect(reasons).toEqual([expect.stringContaining('belongs to another log')]);
          return;
        }
        if (what !== 'its rows are deleted') await eventually(() => rowsOf(after.db, harmed)).toEqual(whole);
        await postAll(profile, 'later');
        await untilSettled(profile, after);
        const expected = what === 'its rows are deleted' ? 1 : whole.length + 1;
        expect(await rowsOf(after.db, harmed)).toHaveLength(expected);
      },
    );
  });

  it('a table of which was altered waits and says why, and is rebuilt once it is dropped; others go on', async () => {
    const profile = await restartableProfile(name);
    const running = await profile.start();
    await postAll(profile, 'one');
    await untilSettled(profile, running);
    await sql`alter table events drop column failure_fingerprint cascade`.execute(running.db);
    await postAll(profile, 'later');
    await untilSettled(
      profile,
      running,
      withExample.filter((each) => each !== events),
    );
    const reasons = () => running.services.flatMap(({ unhealthyReason }) => unhealthyReason() ?? []);
    await eventually(async () => reasons()).toEqual([expect.stringContaining('failure_fingerprint')]);
    await harms['its tables are dropped'](running.db, events);
    await untilSettled(profile, running);
    expect(await rowsOf(running.db, events)).toHaveLength(2);
    await eventually(async () => reasons()).toEqual([]);
  });

  it('the due work of which was dropped is rebuilt, and events are retried then', async () => {
    const profile = await restartableProfile(name);
    const running = await profile.start();
    await postAll(profile, 'one', 'two');
    await untilSettled(profile, running);
    const before = await rowsOf(running.db, events);
    await harms['its tables are dropped'](running.db, dueWork);
    await postAll(profile, 'later');
    await untilSettled(profile, running);
    expect((await rowsOf(running.db, events)).filter((row) => before.includes(row))).toEqual(before);
  });
}
