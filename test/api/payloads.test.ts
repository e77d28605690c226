import { describe, expect, it } from 'vitest';
import { apiUnderTest } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { readTablesOfThisFile } from '../support/api/read-tables.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';

const tables = readTablesOfThisFile();
const log = createInMemoryLog();

describe('a payload', () => {
  it.each([
    ['a', '{"b":1.0, "a":-0,"a":1e3,\n"A":"\\u00e9"}'],
    ['b', '[1e308,12345678901234567890,0.10,0e1073741822]'],
    ['c', '"\\ud83d\\ude00"'],
    ['d', 'null'],
  ])('reads the same, byte for byte, from every route (%s): %s', async (source, sent) => {
    const { post, call, clock } = apiUnderTest({ log, readDatabase: tables.readDatabase });
    const posted = await post(`{"type":"order.placed","source":"${source}","payload":${sent}}`);
    const { id } = posted.json();
    const url = `/v1/events/${id}`;
    const fromHistory = await call({ url });
    await eventLife(log, clock, id).start();
    await eventLife(log, clock, id).failForGood();
    await tables.project(log);
    const answers = {
      posted,
      fromHistory,
      fromRow: await call({ url }),
      waited: await call({ url: `${url}?waitFor=PROCESSED&timeoutMs=1` }),
      listed: await call({ url: `/v1/events?source=${source}` }),
      dead: await call({ url: `/v1/dead-letters?source=${source}` }),
      replayed: await call({ url: `${url}/replay`, method: 'POST', payload: { reason: 'again' } }),
    };
    for (const [name, { body }] of Object.entries(answers))
      expect([name, body]).toEqual([name, expect.stringContaining(`"payload":${sent},"`)]);
  });
});
