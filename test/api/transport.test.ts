import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { heldLog } from '../support/api/held-log.ts';
import { listening, parsed, untilClosed } from '../support/api/listening.ts';

const body = JSON.stringify(order);
const head = (...lines: readonly string[]) =>
  `${['POST /v1/events HTTP/1.1', 'host: x', ...lines].join('\r\n')}\r\n\r\n`;
const postHead = (...lines: readonly string[]) =>
  head('authorization: Bearer admin', 'content-type: application/json', ...lines);

/** The answer to bytes after which the server closes the connection. */
async function answerTo(bytes: string, ...given: Parameters<typeof apiUnderTest>) {
  const api = apiUnderTest(...given);
  const socket = await (await listening(api)).open();
  const answer = untilClosed(socket);
  socket.write(bytes);
  return { ...parsed(await answer), recorded: await api.recorded() };
}

const read = async (socket: Socket) => String((await once(socket, 'data'))[0]);

describe('what is no request of HTTP', () => {
  it.each([
    ['not HTTP at all', 'hello\r\n\r\n'],
    ['a method that does not exist', 'STEAL /v1/events HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n'],
    ['a name with a space', head('content-type : application/json')],
    ['a folded header', head('x: a\r\n b')],
    ['a length and chunks', postHead('content-length: 5', 'transfer-encoding: chunked')],
    ['two lengths', postHead('content-length: 5', 'content-length: 6')],
    ['a length that is no number', postHead('content-length: 5x')],
    ['bare line feeds', 'POST /v1/events HTTP/1.1\nhost: x\n\n'],
    ['a chunk of no size', `${postHead('transfer-encoding: chunked')}zz\r\n`],
    ['a version that does not exist', 'GET /healthz HTTP/3.7\r\nhost: x\r\n\r\n'],
  ])('gets a problem document and no second random: %s', async (_what, bytes) => {
    const answer = await answerTo(bytes);
    expect(answer).toMatchObject({ status: 400, type: 'application/problem+json; charset=utf-8', isClosing: true });
    expect(answer.problem).toMatchObject({ status: 400, code: 'malformed-request' });
    expect(answer.recorded).toEqual([]);
  });

  it('gets one for headers beyond 16 KiB', async () => {
    const answer = await answerTo(head(`x: ${'y'.repeat(16 * 1024)}`));
    expect(answer.problem).toMatchObject({ status: 431, code: 'headers-too-large' });
    expect(answer).toMatchObject({ status: 431, type: 'application/problem+json; charset=utf-8' });
  });

  it.each([
    ['without a host', 'GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'malformed-request'],
    ['with two hosts', head('Host: y', 'connection: close', 'content-length: 0'), 400, 'malformed-request'],
    [
      'with an expectation',
      head('expect: a miracle', 'connection: close', 'content-length: 0'),
      417,
      'expectation-refused',
    ],
    ['for everything', 'OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 404, 'not-found'],
  ])('gets one %s', async (_what, bytes, status, code) => {
    const answer = await answerTo(bytes);
    expect(answer).toMatchObject({
      status,
      type: 'application/problem+json; charset=utf-8',
      problem: { status, code },
    });
  });
});

describe('what is no request, behind one that is', () => {
  const get = 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n';
  const post = `${postHead(`content-length: ${body.length}`)}${body}`;

  it.each([
    ['one', [get]],
    ['one that takes a while', [post]],
    ['several', [post, get, post]],
  ])('is answered after it: %s', async (_what, requests) => {
    const socket = await (await listening(apiUnderTest())).open();
    const answers = untilClosed(socket);
    socket.write(`${requests.join('')}garbage\r\n\r\n`);
    const statuses = [...(await answers).matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
    expect(statuses.slice(0, -1).every((status) => status === 200 || status === 201)).toBe(true);
    expect(statuses.at(-1)).toBe(400);
    expect(statuses).toHaveLength(requests.length + 1);
  });
});

describe('a client that is slow', () => {
  const limits = { headersTimeoutMs: 60, requestTimeoutMs: 120, connectionsCheckingIntervalMs: 20 };

  it.each([
    ['headers', 'POST /v1/events HTTP/1.1\r\nhost:'],
    ['a body', `${postHead('content-length: 100')}{"type":`],
  ])('with %s is not waited for', async (_what, bytes) => {
    const answer = await answerTo(bytes, { limits });
    expect(answer.problem).toMatchObject({ status: 408, code: 'request-timeout' });
    expect(answer.isClosing).toBe(true);
    expect(answer.recorded).toEqual([]);
  });
});

describe('a body that hardly comes', () => {
  it('is given up when a look finds that too little came since the one before', async () => {
    const api = apiUnderTest({ limits: { bodyProgressMs: 5_000, bodyProgressBytes: 10 } });
    const { open } = await listening(api);
    const accepted = once(api.server.server, 'connection');
    const socket = await open();
    const [connection]: Socket[] = await accepted;
    const answer = untilClosed(socket);
    let sent = 0;
    const send = async (text: string) => {
      socket.write(text);
      sent += text.length;
      while ((connection?.bytesRead ?? 0) < sent) await new Promise((resolve) => setImmediate(resolve));
    };
    const look = async () => {
      api.clock.advance(5_000);
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    };
    await send(`${postHead('content-length: 100')}{"type":`);
    await look();
    await send('x'.repeat(10));
    await look();
    expect(connection?.destroyed).toBe(false);
    await send('x'.repeat(9));
    await look();
    expect(parsed(await answer)).toMatchObject({ status: 408, problem: { code: 'request-timeout' } });
    expect(await api.recorded()).toEqual([]);
  });
});

describe('connections', () => {
  const health = 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n';

  /** Connections that are in the middle of a request. */
  async function busy(open: () => Promise<Socket>, count: number) {
    for (let each = 0; each < count; each++) {
      const socket = await open();
      socket.write(`${health}GET`);
      await once(socket, 'data');
    }
  }

  it.each([1, 2, 3])('beyond %i in all are told so, and closed', async (connections) => {
    const { open } = await listening(apiUnderTest({ limits: { connections } }));
    await busy(open, connections);
    const socket = await open();
    const answer = untilClosed(socket);
    socket.write(health);
    expect(parsed(await answer)).toMatchObject({
      ...{ status: 503, isClosing: true },
      problem: { code: 'too-many-connections' },
    });
  });

  it.each([1, 2, 3])('beyond %i of one address are told so, and closed', async (connectionsOfOneAddress) => {
    const { open } = await listening(apiUnderTest({ limits: { connectionsOfOneAddress } }));
    await busy(open, connectionsOfOneAddress);
    const socket = await open();
    const answer = untilClosed(socket);
    socket.write(health);
    expect(parsed(await answer)).toMatchObject({ status: 503, problem: { code: 'too-many-connections' } });
  });

  it('beyond those that are told so are not taken', async () => {
    const { open } = await listening(apiUnderTest({ limits: { connections: 1, surplusConnections: 1 } }));
    await busy(open, 1);
    const [told, refused] = [await open(), await open()];
    expect(await untilClosed(refused)).toBe('');
    const answer = untilClosed(told);
    told.write(health);
    expect(parsed(await answer).status).toBe(503);
  });

  it('that are idle between requests make room', async () => {
    const { open } = await listening(apiUnderTest({ limits: { connections: 1 } }));
    const idle = await open();
    const closed = untilClosed(idle);
    idle.write(health);
    await once(idle, 'data');
    await open();
    await closed;
  });

  it('without a request are not waited for', async () => {
    const limits = { headersTimeoutMs: 20, connectionsCheckingIntervalMs: 10 };
    const { open } = await listening(apiUnderTest({ limits }));
    expect(parsed(await untilClosed(await open())).status).toBe(408);
  });
});

describe('a body', () => {
  it('that says to be too large is refused before it comes', async () => {
    const answer = await answerTo(postHead('content-length: 300000'));
    expect(answer.problem).toMatchObject({ status: 413, code: 'content-too-large' });
  });

  it('that turns out to be too large is refused, too', async () => {
    const answer = await answerTo(`${postHead('transfer-encoding: chunked')}50000\r\n${'x'.repeat(0x50000)}\r\n`);
    expect(answer.problem).toMatchObject({ status: 413, code: 'content-too-large' });
    expect(answer.recorded).toEqual([]);
  });

  it('that ends too early is not taken', async () => {
    const api = apiUnderTest();
    const { open } = await listening(api);
    const socket = await open();
    const answer = untilClosed(socket);
    socket.end(`${postHead(`content-length: ${body.length + 1}`)}${body}`);
    expect(parsed(await answer).status).toBe(400);
    expect(await api.recorded()).toEqual([]);
  });

  it('in chunks is taken', async () => {
    const socket = await (await listening(apiUnderTest())).open();
    socket.write(`${postHead('transfer-encoding: chunked')}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
    expect(parsed(await read(socket)).status).toBe(201);
  });

  it('that is announced is waited for', async () => {
    const socket = await (await listening(apiUnderTest())).open();
    socket.write(postHead(`content-length: ${body.length}`, 'expect: 100-continue'));
    expect(await read(socket)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write(body);
    expect(parsed(await read(socket)).status).toBe(201);
  });
});

describe('a server that closes', () => {
  it('answers what is under way, and then lets go of the connection', async () => {
    const { log, asked, go } = heldLog();
    const api = apiUnderTest({ log });
    const { open } = await listening(api);
    const [busy, idle] = [await open(), await open()];
    const idleEnd = untilClosed(idle);
    idle.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(idle, 'data');
    const answer = untilClosed(busy);
    busy.write(`${postHead(`content-length: ${body.length}`)}${body}`);
    await asked;
    const closed = api.server.close();
    expect(await idleEnd).toMatch(/^HTTP\/1.1 200 /);
    go();
    expect(parsed(await answer)).toMatchObject({ status: 201 });
    await closed;
    expect(await api.recorded()).toHaveLength(1);
  });

  it('does not wait for a request that never ends', async () => {
    const api = apiUnderTest();
    const socket = await (await listening(api)).open();
    const answer = untilClosed(socket);
    socket.write(postHead(`content-length: ${body.length}`, 'expect: 100-continue'));
    await once(socket, 'data');
    const closed = api.server.close();
    // The hooks before closing have run once the server has stopped listening.
    while (api.server.server.listening) await new Promise((resolve) => setImmediate(resolve));
    api.clock.advance(5_000);
    await closed;
    await answer;
    expect(await api.recorded()).toEqual([]);
  });

  it('refuses what comes after, in words', async () => {
    const api = apiUnderTest();
    const socket = await (await listening(api)).open();
    const answers = untilClosed(socket);
    const request = `${postHead(`content-length: ${body.length}`)}${body}`;
    // The beginning of a second request keeps the connection from being idle.
    socket.write(`${request}${request.slice(0, 20)}`);
    await once(socket, 'data');
    const closed = api.server.close();
    while (api.server.server.listening) await new Promise((resolve) => setImmediate(resolve));
    socket.write(request.slice(20));
    await closed;
    const [first = '', second = ''] = (await answers).split(/(?=HTTP\/1\.1 )/);
    expect(parsed(first).status).toBe(201);
    expect(parsed(second)).toMatchObject({ status: 503, isClosing: true, problem: { code: 'shutting-down' } });
    expect(await api.recorded()).toHaveLength(1);
  });
});
