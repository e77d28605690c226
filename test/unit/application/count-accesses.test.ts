import { describe, expect, it, onTestFinished } from 'vitest';
import { type AccessCountLimits, createAccessCounts } from '../../../src/application/count-accesses.ts';
import type { Access, AccessCount } from '../../../src/application/ports/access-counts.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import { manualClock } from '../../support/api/manual-clock.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';

const HOUR_MS = 3_600_000;
const keptMs = 90 * 24 * HOUR_MS;

const refused: Access = {
  act: 'AccessRefused',
  code: 'unauthenticated',
  route: 'GET /v1/events',
  principal: null,
  clientId: null,
  address: '192.0.2.7',
  requestId: 'request-1',
  payloads: 0,
};
const read: Access = {
  ...refused,
  ...{ act: 'PayloadsRead', code: null, principal: 'ada', clientId: 'console', payloads: 1 },
};

/** A store that keeps what it was given last of each, and can be away. */
function setUp(limits: Partial<AccessCountLimits> = {}) {
  const clock = manualClock();
  const logger = createRecordingLogger();
  const rows = new Map<string, AccessCount>();
  const saves: number[] = [];
  const deleted: string[] = [];
  let isAway = false;
  let resting = Promise.withResolvers<void>();
  const sleep: Clock['sleep'] = (durationMs, signal) => {
    resting.resolve();
    return clock.sleep(durationMs, signal);
  };
  let ids = 0;
  const counts = createAccessCounts({
    ...{ clock: { now: clock.now, sleep }, logger, keptMs, limits, random: { uuid: () => `id-${++ids}` } },
    store: {
      async save(given) {
        saves.push(given.length);
        if (isAway) throw new Error('away');
        for (const each of given) rows.set(each.id, each);
      },
      async deleteBefore(time) {
        deleted.push(time);
        return 0;
      },
    },
  });
  onTestFinished(() => counts.stop());
  return {
    ...{ ...counts, clock, logger, saves, deleted },
    rows: () => [...rows.values()],
    setAway: (value: boolean) => void (isAway = value),
    /** Resolves after the next turn, successful or not. */
    async turn() {
      resting = Promise.withResolvers();
      clock.advance(10_000);
      await resting.promise;
    },
  };
}

const sum = (counts: readonly AccessCount[]) => counts.reduce((total, { requests }) => total + requests, 0);

describe('what is counted', () => {
  it('is one row for an hour, with its first and last request, however many requests there are', async () => {
    const { count, clock, turn, rows, start } = setUp();
    await start();
    for (let request = 1; request <= 1_000; request++) {
      count({ ...read, requestId: `request-${request}`, payloads: 50 });
      clock.advance(1);
    }
    await turn();
    expect(rows()).toEqual([
      {
        ...{ id: 'id-1', act: 'PayloadsRead', code: null, route: 'GET /v1/events', principal: 'ada' },
        ...{ clientId: 'console', address: '192.0.2.7', requests: 1_000, payloads: 50_000 },
        ...{ firstAt: '2030-01-01T00:00:00.000Z', lastAt: '2030-01-01T00:00:00.999Z' },
        ...{ firstRequestId: 'request-1', lastRequestId: 'request-1000' },
      },
    ]);
  });

  it('costs no statement of its own: one for all that came meanwhile, and none while nothing comes', async () => {
    const { count, turn, saves, start } = setUp();
    await start();
    for (let request = 0; request < 100; request++) count({ ...read, principal: `p-${request}` });
    expect(saves).toEqual([]);
    await turn();
    await turn();
    expect(saves).toEqual([100]);
  });

  it('is told apart by act, code, route, principal and address', async () => {
    const { count, turn, rows, start } = setUp();
    await start();
    for (const other of [
      {},
      { code: 'permission-missing', principal: 'bob' },
      { route: 'POST /v1/events' },
      { address: '2001:db8::1' },
      { act: 'PayloadsRead', code: null, principal: 'bob' },
    ] as const)
      for (let times = 0; times < 2; times++) count({ ...refused, ...other });
    await turn();
    expect(rows().map(({ requests }) => requests)).toEqual([2, 2, 2, 2, 2]);
  });

  it('begins again with the hour, also where the clock is set back', async () => {
    const { count, clock, turn, rows, start } = setUp();
    await start();
    for (const jumpMs of [HOUR_MS, HOUR_MS, -HOUR_MS, 0]) {
      count(read);
      clock.advance(jumpMs);
    }
    count(read);
    await turn();
    expect(rows().map(({ firstAt, requests }) => [firstAt.slice(11, 13), requests])).toEqual([
      ['00', 1],
      ['01', 1],
      ['02', 1],
      ['01', 2],
    ]);
  });

  it('is saved again as it is by then, under its id, where saving it failed', async () => {
    const { count, turn, rows, saves, start, setAway } = setUp();
    await start();
    count(read);
    setAway(true);
    await turn();
    expect(saves).toEqual([1]);
    setAway(false);
    count(read);
    await turn();
    expect(rows()).toMatchObject([{ id: 'id-1', requests: 2 }]);
    count(read);
    await turn();
    expect(rows()).toMatchObject([{ id: 'id-1', requests: 3 }]);
  });
});

describe('a flood', () => {
  it.each([1, 2, 3, 250])('from more addresses than are told apart (%i) is counted all the same', async (distinct) => {
    const { count, turn, rows, start } = setUp({ distinct });
    await start();
    for (let address = 0; address < 1_000; address++) count({ ...refused, address: `2001:db8::${address}` });
    await turn();
    expect(rows()).toHaveLength(distinct + 1);
    expect(rows().filter(({ address }) => address === null)).toMatchObject([
      { requests: 1_000 - distinct, route: 'GET /v1/events' },
    ]);
    expect(sum(rows())).toBe(1_000);
  });

  it.each([1, 2, 3])('of principals and addresses is at most 2 × %i rows and one', async (distinct) => {
    const { count, turn, rows, start } = setUp({ distinct });
    await start();
    for (let each = 0; each < 100; each++)
      count({ ...read, principal: `p-${each}`, address: `192.0.2.${each}`, route: `GET /${each}` });
    await turn();
    expect(rows()).toHaveLength(2 * distinct + 1);
    expect(rows().filter(({ principal }) => principal === null)).toMatchObject([
      { requests: 100 - 2 * distinct, route: null, address: null, clientId: null },
    ]);
    expect(sum(rows())).toBe(100);
  });

  it('of one principal from ever other addresses, or without a token, hides no other principal', async () => {
    const { count, turn, rows, start } = setUp({ distinct: 3 });
    await start();
    for (let address = 0; address < 100; address++) {
      count({ ...read, principal: 'mallory', address: `2001:db8::${address}` });
      count({ ...refused, address: `2001:db8::${address}` });
    }
    count({ ...read, principal: 'ada' });
    count({ ...refused, code: 'permission-missing', principal: 'bob' });
    await turn();
    expect(rows().filter(({ principal }) => principal === 'ada')).toMatchObject([{ requests: 1, address: null }]);
    expect(rows().filter(({ principal }) => principal === 'bob')).toMatchObject([
      { requests: 1, address: refused.address },
    ]);
  });
});

describe('while the read database is away', () => {
  async function away({ unsaved, hours }: { readonly unsaved: number; readonly hours: number }) {
    const system = setUp({ unsaved });
    system.setAway(true);
    for (let hour = 0; hour < hours; hour++) {
      system.count({ ...read, requestId: `hour-${hour}` });
      system.clock.advance(HOUR_MS);
    }
    system.count({ ...read, requestId: 'last' });
    system.setAway(false);
    await system.start();
    await system.turn();
    return system;
  }

  it('counts are kept, and saved once it is back', async () => {
    const { rows, logger } = await away({ unsaved: 10, hours: 5 });
    expect(rows().map(({ firstRequestId }) => firstRequestId)).toEqual([
      ...['hour-0', 'hour-1', 'hour-2', 'hour-3', 'hour-4', 'last'],
    ]);
    expect(logger.lines).toEqual([]);
  });

  it.each([1, 2, 3])('no more than %i of earlier hours are kept, and what is dropped is said', async (unsaved) => {
    const { rows, logger } = await away({ unsaved, hours: 5 });
    expect(rows().map(({ firstRequestId }) => firstRequestId)).toEqual([
      ...['hour-0', 'hour-1', 'hour-2', 'hour-3', 'hour-4'].slice(-unsaved),
      'last',
    ]);
    expect(logger.lines.map(({ fields }) => fields)).toEqual(
      Array.from({ length: 5 - unsaved }, () => ({ counts: 1, requests: 1 })),
    );
  });

  it('that is one line, and a shutdown is not held by it', async () => {
    const { count, start, stop, setAway, logger, turn, saves } = setUp();
    await start();
    setAway(true);
    count(read);
    for (let turns = 1; turns <= 3; turns++) {
      await turn();
      expect(saves).toHaveLength(turns);
    }
    await stop();
    expect(logger.lines.map(({ message }) => message)).toEqual([
      'counts of refused requests and of reading cannot be saved; it is tried again',
      'the last counts of refused requests and of reading were not saved',
    ]);
  });
});

it('what is counted before a shutdown is saved by it', async () => {
  const { count, start, stop, rows } = setUp();
  await start();
  count(read);
  await stop();
  expect(rows()).toMatchObject([{ requests: 1 }]);
});

it('what is older than is kept is deleted with each turn', async () => {
  const { start, turn, deleted } = setUp();
  await start();
  await turn();
  expect(deleted).toEqual([new Date(Date.parse('2030-01-01T00:00:10.000Z') - keptMs).toISOString()]);
});
