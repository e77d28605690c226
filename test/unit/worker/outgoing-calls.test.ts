import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import type { Caller, OutgoingCall } from '../../../src/application/outgoing-call.ts';
import { followOutgoingCalls } from '../../../src/worker/outgoing-calls.ts';
import { freePort } from '../../support/free-port.ts';

const trace = '1'.repeat(32);
const traceparent = `00-${trace}-${'2'.repeat(16)}-01`;
const callers = new AsyncLocalStorage<Caller>();
followOutgoingCalls(() => callers.getStore(), { clock: systemClock, random: systemRandom });

describe('a request that a handler sends', () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers['traceparent'] as string | undefined);
    response.writeHead(request.url?.startsWith('/missing') ? 404 : 200).end('{}');
  });
  let origin: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const getWithNode = (url: string, headers = {}) =>
    new Promise<void>((resolve) => {
      get(url, { headers, agent: false }, (answer: IncomingMessage) => answer.resume().once('end', resolve)).once(
        'error',
        () => resolve(),
      );
    });
  const clients = {
    fetch: async (url: string, headers = {}) =>
      void (await fetch(url, { headers }).then(
        (each) => each.text(),
        () => {},
      )),
    'node:http': getWithNode,
  };
  const called = async (act: () => Promise<void>) => {
    const calls: OutgoingCall[] = [];
    seen.length = 0;
    await callers.run({ traceparent, called: (call) => calls.push(call) }, act);
    return calls;
  };

  describe.each(Object.entries(clients))('with %s', (_, send) => {
    it('carries the trace on, with a span of its own', async () => {
      const [call] = await called(() => send(`${origin}/orders?token=secret`));
      expect(call).toEqual({
        ...{ spanId: expect.stringMatching(/^[0-9a-f]{16}$/), method: 'GET', scheme: 'http', host: '127.0.0.1' },
        ...{ port: Number(new URL(origin).port), status: 200, error: null },
        ...{ startedAt: expect.any(Number), endedAt: expect.any(Number) },
      });
      expect(seen).toEqual([`00-${trace}-${call?.spanId}-01`]);
    });

    it('says with which status it was answered', async () => {
      expect(await called(() => send(`${origin}/missing`))).toMatchObject([{ status: 404, error: null }]);
    });

    it('says why it was not answered, by a code', async () => {
      const nothing = `http://127.0.0.1:${await freePort()}/`;
      expect(await called(() => send(nothing))).toMatchObject([{ status: null, error: 'ECONNREFUSED' }]);
    });

    it('keeps a trace that the handler has given it', async () => {
      const own = `00-${'3'.repeat(32)}-${'4'.repeat(16)}-01`;
      expect(await called(() => send(origin, { traceparent: own }))).toHaveLength(1);
      expect(seen).toEqual([own]);
    });

    it('is left alone where none knows the handler', async () => {
      seen.length = 0;
      await send(origin);
      expect(seen).toEqual([undefined]);
    });
  });
});
