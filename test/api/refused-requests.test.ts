import { describe, expect, it } from 'vitest';
import type { Access } from '../../src/application/ports/access-counts.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { readTablesOfThisFile } from '../support/api/read-tables.ts';
import { createRecordingLogger } from '../support/worker/recording-logger.ts';

const tables = readTablesOfThisFile();
const requestId = '0b0f5f0e-3f5c-4e43-9a57-5d1e5ff8a111';

/** An API that counts, and what it has counted and said. */
function setUp() {
  const counted: Access[] = [];
  const logger = createRecordingLogger();
  const accessCounts = { count: (access: Access) => void counted.push(access) };
  // Those who are refused again and again are not held back here.
  const limits = { refusalsWithoutDelay: 10_000 };
  const api = apiUnderTest({ accessCounts, logger, limits, readDatabase: tables.readDatabase });
  return { ...api, counted, lines: logger.lines };
}

describe('a request that is refused', () => {
  it('without a valid token is counted and said with address, route, code and request', async () => {
    const { call, counted, lines } = setUp();
    const headers = { 'x-request-id': requestId };
    await call({
      url: '/v1/events/091e518e-cffb-86e7-867b-354763635bbd',
      as: null,
      headers,
      remoteAddress: '2001:db8::7',
    });
    const expected = {
      ...{ code: 'unauthenticated', route: 'GET /v1/events/:id', principal: null, clientId: null },
      ...{ address: '2001:db8::7', requestId },
    };
    expect(counted).toEqual([{ ...expected, act: 'AccessRefused', payloads: 0 }]);
    expect(lines).toMatchObject([{ level: 'warn', message: 'a request was refused access', fields: expected }]);
  });

  it('for want of a permission names the principal and what is missing', async () => {
    const { call, counted, lines } = setUp();
    await call({ method: 'POST', url: `/v1/events/${requestId}/replay`, as: 'viewer', payload: { reason: 'x' } });
    const expected = {
      ...{ code: 'permission-missing', route: 'POST /v1/events/:id/replay', address: '127.0.0.1' },
      ...{ principal: 'viewer-subject', clientId: 'viewer' },
    };
    expect(counted).toMatchObject([expected]);
    expect(lines).toMatchObject([{ fields: { ...expected, missing: 'events:replay' } }]);
  });

  it('a thousand times is counted each time, and one line and one a minute', async () => {
    const { call, counted, lines, clock } = setUp();
    for (let request = 0; request < 1_000; request++) {
      const answer = call({ url: '/v1/events', as: 'made-up' });
      clock.advance(100);
      await answer;
    }
    expect(counted).toHaveLength(1_000);
    expect(lines.map(({ fields }) => fields['occurrences'])).toEqual([undefined, 600]);
  });

  it('from ever other addresses is a bounded number of lines, and hides no other a minute later', async () => {
    const { call, counted, lines, clock } = setUp();
    const flood = async () => {
      for (let address = 0; address < 1_000; address++) {
        const answer = call({ url: '/v1/events', as: null, remoteAddress: `2001:db8::${address.toString(16)}` });
        clock.advance(1);
        await answer;
      }
    };
    await flood();
    expect(counted).toHaveLength(1_000);
    expect(lines).toHaveLength(101);
    clock.advance(60_000);
    await call({ url: '/v1/access-records', as: 'shop' });
    expect(lines.at(-1)).toMatchObject({ fields: { principal: 'shop-subject', missing: 'audit:read' } });
    expect(lines.slice(101).map(({ fields }) => fields['occurrences'])).toEqual([899, undefined]);
  });

  it('says nothing of tokens and paths, which may hold anything', async () => {
    const { call, counted, lines } = setUp();
    await call({ url: '/v1/events/canary-in-path?type=canary-in-query', as: 'canary-in-token' });
    expect(lines).toHaveLength(1);
    expect(JSON.stringify([counted, lines])).not.toContain('canary');
  });

  it('is not one that succeeds, is not found, or needs no token', async () => {
    const { call, counted } = setUp();
    for (const url of ['/healthz', '/nowhere', `/v1/events/${requestId}`, '/v1/me', '/v1/events?limit=0'])
      await call({ url, as: url === '/healthz' ? null : 'viewer' });
    expect(counted).toEqual([]);
  });
});

describe('reading payloads', () => {
  async function withEvents() {
    const api = setUp();
    const ids: string[] = [];
    for (let event = 0; event < 3; event++) ids.push(String((await api.post(order, {}, 'shop')).json().id));
    await tables.project(api.log);
    api.counted.length = 0;
    return { ...api, ids };
  }

  it('is counted with how many an answer showed: of an event, a list, a history', async () => {
    const { call, counted, ids } = await withEvents();
    await call({ url: `/v1/events/${ids[0]}`, as: 'auditor' });
    await call({ url: '/v1/events?limit=2', as: 'auditor' });
    await call({ url: `/v1/events/${ids[0]}/history`, as: 'auditor' });
    expect(counted.map(({ act, route, principal, payloads }) => [act, route, principal, payloads])).toEqual([
      ['PayloadsRead', 'GET /v1/events/:id', 'auditor-subject', 1],
      ['PayloadsRead', 'GET /v1/events', 'auditor-subject', 2],
      ['PayloadsRead', 'GET /v1/events/:id/history', 'auditor-subject', 1],
    ]);
  });

  it('is not counted where no payload is shown: without the permission, of an empty list, and with 304', async () => {
    const { call, counted, ids } = await withEvents();
    const url = `/v1/events/${ids[0]}`;
    for (const other of [url, `${url}/history`, '/v1/events']) await call({ url: other, as: 'viewer' });
    await call({ url: '/v1/events?type=nothing', as: 'auditor' });
    await call({ url, as: 'auditor', headers: { 'if-none-match': '*' } });
    await call({ url: `/v1/events/${requestId}`, as: 'auditor' });
    expect(counted).toEqual([]);
  });

  it('in a long poll is counted once, when it is answered', async () => {
    const { call, counted, ids, log, clock } = await withEvents();
    const answer = call({ url: `/v1/events/${ids[0]}?waitFor=PROCESSING`, as: 'auditor' });
    await eventLife(log, clock, `${ids[0]}`).start();
    expect((await answer).json().status).toBe('PROCESSING');
    expect(counted).toMatchObject([{ act: 'PayloadsRead', payloads: 1 }]);
  });
});
