import { sql } from 'kysely';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import { deriveUuid } from '../../../src/application/event-identity.ts';
import { type CommandRequest, handleCommand } from '../../../src/application/handle-command.ts';
import { load } from '../../../src/application/load.ts';
import type { EventLog, RecordedTransition } from '../../../src/application/ports/event-log.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { crashPointsOf } from '../../../src/main/crash-points/crash-points.ts';
import { readOnly } from '../../../src/projections/database.ts';
import type { LogPlace } from '../../contract/event-log/harness.ts';
import { tally, tallyBeforeUnits } from '../../support/aggregates/tally/aggregate.ts';
import { aggregatesWithExample, decodeAny } from '../../support/aggregates/with-example.ts';
import { createEmbeddedPlace } from '../../support/event-log/embedded/embedded-place.ts';
import { createProtocolPlace, stopProtocolServers } from '../../support/event-log/eventstoredb/protocol-place.ts';
import { countByLatestType } from '../../support/projections/latest-transitions/queries.ts';
import { type ProfileName, startRoles, tablesOf } from '../../support/projections/restartable-profile.ts';
import { describeOn } from '../../support/services/real-services.ts';
import { byClient, posted } from '../../support/worker/posting.ts';

type Asked = CommandRequest<unknown, Parameters<typeof tally.decide>[1], unknown>;

const actor = { actor: { kind: 'process', process: 'test' } } as const;
const onSystem = (log: EventLog) => ({ log, clock: systemClock, random: systemRandom });

/** Everything that was in the log at the beginning, of the streams that are followed. */
async function followed(log: EventLog, streamPrefixes: readonly string[]): Promise<readonly RecordedTransition[]> {
  const found: RecordedTransition[] = [];
  for await (const message of log.subscribeAll(null, { streamPrefixes }))
    if (message.kind === 'transitions') found.push(...message.transitions);
    else if (message.kind === 'caught-up') break;
  return found;
}

function suite(profile: ProfileName, createPlace: () => Promise<LogPlace>): void {
  /** The log, opened as a new process would. */
  async function restartableLog() {
    const place = await createPlace();
    let log = await place.open();
    onTestFinished(() => place.destroy());
    return async () => {
      await log.close();
      log = await place.open();
      return log;
    };
  }

  const toTally =
    (log: EventLog, aggregate = tally) =>
    (id: string, command: Asked['command'], but: Partial<Pick<Asked, 'context'>> = {}) =>
      handleCommand(aggregate, onSystem(log), { id, command, context: actor, ...but });

  it('is decided on, appended and loaded, with commands that are given twice carried out once', async () => {
    const log = await (await restartableLog())();
    const give = toTally(log);
    expect(await give('a', { kind: 'CountUnits', count: 1 })).toMatchObject({ rejection: { code: 'tally-not-found' } });
    const opened = await give('a', { kind: 'OpenTally', title: 'Guests', unit: 'guest' });
    expect(opened).toMatchObject({ ok: true, changed: true, id: 'a', current: { state: { total: 0 }, revision: 0 } });
    const once = { context: { ...actor, transitionId: () => deriveUuid('two guests') } };
    for (const changed of [true, false])
      expect(await give('a', { kind: 'CountUnits', count: 2 }, once)).toMatchObject({ ok: true, changed });
    await Promise.all([1, 2, 3].map((count) => give('a', { kind: 'CountUnits', count })));
    for (const changed of [true, false]) expect(await give('a', { kind: 'CloseTally' })).toMatchObject({ changed });
    expect(await give('a', { kind: 'CountUnits', count: 1 })).toMatchObject({
      ok: false,
      rejection: { code: 'tally-closed', total: 8 },
    });
    const { state, revision } = await load(tally, log, 'a');
    expect({ state, revision }).toEqual({
      state: { title: 'Guests', unit: 'guest', total: 8, isClosed: true },
      revision: 5,
    });
  });

  it('is read in the shape of now, each type of transition in its own version', async () => {
    const reopened = await restartableLog();
    const before = await reopened();
    await toTally(before, tallyBeforeUnits)('old', { kind: 'OpenTally', title: 'Plates', unit: '' });
    const log = await reopened();
    await toTally(log)('old', { kind: 'CountUnits', count: 3 });
    await toTally(log)('new', { kind: 'OpenTally', title: 'Guests', unit: 'guest' });
    const versions = (await followed(log, [tally.streamPrefix])).map(({ type, schemaVersion }) => [
      type,
      schemaVersion,
    ]);
    expect(versions).toEqual([
      ['TallyOpened', 1],
      ['UnitsCounted', 1],
      ['TallyOpened', 2],
    ]);
    expect((await load(tally, log, 'old')).state).toEqual({
      title: 'Plates',
      unit: 'piece',
      total: 3,
      isClosed: false,
    });
  });

  it('is followed beside events, and projected with them, through a restart and a rebuild', async () => {
    const reopened = await restartableLog();
    const openTables = await tablesOf(profile);
    const start = async () => {
      const log = await reopened();
      return { log, running: await startRoles(log, await openTables(log)) };
    };
    const first = await start();
    await createUseCases(onSystem(first.log)).receiveEvent(posted('one'), byClient);
    await toTally(first.log)('a', { kind: 'OpenTally', title: 'Guests', unit: 'guest' });
    const rows = ({ running }: typeof first) =>
      expect.poll(() => countByLatestType(readOnly(running.db)).catch(String), { timeout: 30_000, interval: 20 });
    await rows(first).toEqual({ ProcessingSucceeded: 1, TallyOpened: 1 });
    await first.running.stop();

    const second = await start();
    await toTally(second.log)('a', { kind: 'CountUnits', count: 2 });
    await toTally(second.log)('b', { kind: 'OpenTally', title: 'Plates', unit: 'plate' });
    const expected = { ProcessingSucceeded: 1, TallyOpened: 1, UnitsCounted: 1 };
    await rows(second).toEqual(expected);
    await sql`drop table latest_transitions`.execute(second.running.db);
    await rows(second).toEqual(expected);
    await second.running.stop();

    const prefixes = aggregatesWithExample.map(({ streamPrefix }) => streamPrefix);
    const inLog = (await followed(second.log, prefixes)).map(decodeAny);
    expect(inLog.filter(({ type }) => type.startsWith('Tally') || type === 'UnitsCounted')).toEqual([
      { type: 'TallyOpened', data: { title: 'Guests', unit: 'guest' } },
      { type: 'UnitsCounted', data: { count: 2 } },
      { type: 'TallyOpened', data: { title: 'Plates', unit: 'plate' } },
    ]);
    expect(inLog.map(({ type }) => type)).toContain('EventReceived');
  });
}

describe('an aggregate that is one folder and one entry in the list', () => {
  describe('on the embedded profile', () => suite('embedded', async () => createEmbeddedPlace()));

  describeOn('PostgreSQL', 'on the full profile', () => {
    afterAll(stopProtocolServers);
    suite('PostgreSQL', createProtocolPlace);
  });

  it('has its crash points', () => {
    const points = crashPointsOf(aggregatesWithExample);
    expect(points).toEqual(expect.arrayContaining(['append-TallyOpened.before', 'append-UnitsCounted.after']));
    expect(new Set(points).size).toBe(points.length);
  });
});
