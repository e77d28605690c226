import { expect, it } from 'vitest';
import { apiUnderTest } from '../../support/api/api-under-test.ts';
import { listening, parsed, untilClosed } from '../../support/api/listening.ts';

const SLOW = 200;
const post = 'POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer admin\r\ncontent-type: application/json\r\n';

it.each([
  ['headers', 'POST /v1/events HTTP/1.1\r\nhost: x\r\nx-slow: '],
  ['a body', `${post}content-length: 100\r\n\r\n{`],
])(
  'two hundred clients that never finish %s keep no other client waiting, and are all sent away',
  { timeout: 120_000 },
  async (_what, beginning) => {
    const limits = { headersTimeoutMs: 500, requestTimeoutMs: 1_000, connectionsCheckingIntervalMs: 100 };
    const api = apiUnderTest({ limits });
    const { open, url } = await listening(api);
    const slow = await Promise.all(
      Array.from({ length: SLOW }, async () => {
        const socket = await open();
        const end = untilClosed(socket);
        socket.write(beginning);
        return { end };
      }),
    );
    const headers = { authorization: 'Bearer admin', 'content-type': 'application/json' };
    const body = JSON.stringify({ type: 'order.placed', source: 'shop', payload: {} });
    for (let each = 0; each < 20; each++)
      expect((await fetch(`${url}/v1/events`, { method: 'POST', headers, body })).status).toBe(201);
    for (const { end } of slow) expect(parsed(await end)).toMatchObject({ status: 408, isClosing: true });
    expect(await api.recorded()).toHaveLength(20);
  },
);
