import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import { readOnly } from '../../../src/projections/database.ts';
import { eventFromHistory, findEvent } from '../../../src/projections/events/queries.ts';
import { events } from '../../../src/projections/events/read-model.ts';
import { createPassedOver } from '../../../src/projections/passed-over.ts';
import { type RepairLimits, repairRows } from '../../../src/projections/repair-rows.ts';
import { manualClock } from '../../support/api/manual-clock.ts';
import { histories } from '../../support/domain/transitions.ts';
import { checkpointAfter, historyOf, logOf, projectorOn } from '../../support/read-database/following.ts';
import { readTablesOfThisFile } from '../../support/read-database/of-this-file.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

const db = readTablesOfThisFile();

/** Turns of the repair until it rests for the `turns`-th time; what it counts after each. */
async function repair(
  history: readonly RecordedTransition[],
  turns = 1,
  limits: Partial<RepairLimits> = {},
): Promise<readonly number[]> {
  const counts: number[] = [];
  const stopping = new AbortController();
  const sleep = async () => {
    if (counts.length >= turns) stopping.abort();
  };
  await repairRows(
    events,
    {
      passedOver: createPassedOver(db(), events),
      log: { readStream: async (stream) => history.filter((one) => one.stream === stream) },
      clock: { ...manualClock(), sleep },
      logger: silentLogger,
      onCount: (count) => counts.push(count),
      limits,
    },
    stopping.signal,
  );
  return counts;
}

/** A trigger that takes no row of `events` stands for whatever the database may refuse. */
const refuse = () =>
  sql`create function refuse() returns trigger as 'begin raise exception ''no''; end' language plpgsql;
    create trigger refuse before insert or update on events execute function refuse()`.execute(db());
const takeAgain = () => sql`drop trigger if exists refuse on events; drop function if exists refuse`.execute(db());

const failures = () => db().selectFrom('projection_failures').select(['stream', 'revision', 'tries']).execute();
const rowOf = (history: readonly RecordedTransition[]) =>
  findEvent(readOnly(db()), eventFromHistory(history)?.id ?? '');

describe('what was passed over', () => {
  beforeEach(takeAgain);
  const history = historyOf('one', histories.dead);
  const whole = eventFromHistory(history);

  it('stays out of the rows while its history does not match its hashes', async () => {
    const changed = history.map((one, index) => (index === 0 ? { ...one, data: one.data.replace('{', '{ ') } : one));
    await projectorOn(db()).handle(changed, checkpointAfter(changed.length));
    await repair(changed);
    expect(await rowOf(history)).toBeNull();
    expect(await failures()).toMatchObject([{ tries: 1 }]);
  });

  it('is in the rows once the database takes it, and off the list', async () => {
    await refuse();
    await projectorOn(db()).handle(history, checkpointAfter(history.length));
    expect(await rowOf(history)).toBeNull();
    expect(await failures()).toHaveLength(history.length);
    await takeAgain();
    expect(await repair(history)).toEqual([0]);
    expect(await rowOf(history)).toEqual(whole);
  });

  it('is left alone longer and longer while the database refuses it', async () => {
    await refuse();
    await projectorOn(db()).handle(history.slice(0, 1), checkpointAfter(1));
    expect(await repair(history, 3, { initialDelayMs: 0, maxDelayMs: 0 })).toEqual([1, 1, 1]);
    expect(await failures()).toMatchObject([{ tries: 3 }]);
    expect(await repair(history, 3)).toEqual([1, 1, 1]);
    expect(await failures()).toMatchObject([{ tries: 4 }]);
  });

  it.each([1, 2, 3])(
    'is repaired from the whole stream when its event moves on, %i streams at a time',
    async (page) => {
      const projector = projectorOn(db());
      const others = ['two', 'three', 'four'].map((name) => historyOf(name, histories.dead));
      const log = [history, ...others].flat();
      await refuse();
      await projector.handle(logOf([history, ...others].flatMap((one) => one.slice(0, -1))), checkpointAfter(1));
      await repair(log);
      await takeAgain();
      // They have been put off, until this.
      await projector.handle(logOf([history, ...others].flatMap((one) => one.slice(-1))), checkpointAfter(2));
      await repair(log, 4, { pageStreams: page });
      for (const one of [history, ...others]) expect(await rowOf(one)).toEqual(eventFromHistory(one));
      expect(await failures()).toEqual([]);
    },
  );

  it('is a row, too, that is missing when its event moves on', async () => {
    const projector = projectorOn(db());
    await projector.handle(history.slice(0, 2), checkpointAfter(2));
    await db().deleteFrom('events').execute();
    await projector.handle(history.slice(2), checkpointAfter(history.length));
    expect(await failures()).toHaveLength(1);
    expect(await repair(history)).toEqual([0]);
    expect(await rowOf(history)).toEqual(whole);
  });

  it('stays on the list while its stream is behind the row, or cannot be read', async () => {
    const projector = projectorOn(db());
    await projector.handle(history.slice(0, 2), checkpointAfter(2));
    await db().deleteFrom('events').execute();
    await projector.handle(history.slice(2), checkpointAfter(history.length));
    await repair(history);
    await db()
      .insertInto('projection_failures')
      .values({
        ...{ subscriber: 'projection:events', stream: history[0]?.stream ?? '', revision: '1', type: 'T', reason: 'r' },
        ...{ transition_id: history[0]?.id ?? '', failed_at: '2026-01-01T00:00:00.000Z' },
      })
      .execute();
    expect(await repair(history.slice(0, 2))).toEqual([1]);
    expect(await repair([])).toEqual([1]);
    expect(await rowOf(history)).toEqual(whole);
  });
});
