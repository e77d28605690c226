import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foundIn, foundInFolder, plantingCanaries } from '../support/canaries/canaries.ts';
import { freePort } from '../support/free-port.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp/receiver.ts';
import { adminToken, makeDataFolder, tokenWithScope } from '../support/processes/data-folder.ts';
import { spawnEventOps } from '../support/processes/spawn-eventops.ts';

const handlersFile = fileURLToPath(new URL('../support/canaries/eventops.config.ts', import.meta.url));

/** What nobody is to keep at all, and what is kept as what a client sent or a handler said, for those who may read it. */
const credentials = plantingCanaries();
const data = plantingCanaries();
/** A refusal points at them, to the one who sent them. */
const names = plantingCanaries();

describe('fifty secrets, planted in requests and in what handlers do (S10)', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-canaries-'));
  let port: number;
  let eventops: ReturnType<typeof spawnEventOps>;
  let token: string;
  let receiver: OtlpReceiver;
  const lines: string[] = [];
  /** Of refusals, and of answers to those who may not see payloads. */
  const answers: string[] = [];
  /** Of what was planted and went well, in its order. */
  const ends: string[] = [];

  interface Asked {
    readonly path: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Buffer;
  }
  async function ask({ path, method = 'GET', headers = {}, body }: Asked) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      ...{ method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers } },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    const whole = `${JSON.stringify([...answer.headers])}\n${text}`;
    if (answer.status >= 300) answers.push(whole);
    return { status: answer.status, whole, json: () => JSON.parse(text) };
  }
  const refused = async (asked: Asked) => expect((await ask(asked)).status, JSON.stringify(asked)).toBeGreaterThan(399);
  const post = (body: unknown, headers = {}) =>
    ask({ path: '/v1/events', method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
  const order = (payload: unknown, others = {}) => ({ type: 'secret.kept', source: 'shop', payload, ...others });

  /** What Node's own client would not send. */
  const sendBytes = (bytes: string) =>
    new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      let answer = '';
      socket.setEncoding('latin1').on('data', (piece) => (answer += piece));
      socket.once('close', () => {
        answers.push(answer);
        resolve();
      });
      socket.on('error', () => {});
    });

  async function useCredentials(): Promise<void> {
    const { plant } = credentials;
    const path = '/v1/events';
    const basic = Buffer.from(`operator:${plant('password of basic authentication')}`).toString('base64');
    const claims = Buffer.from(JSON.stringify({ sub: plant('claim of an unsigned token') })).toString('base64url');
    // A line says only the first of its kind in full, so that one has them everywhere.
    for (const [status, bearer] of [
      [401, plant('the first wrong token')],
      [403, await tokenWithScope(folder, 'audit:read')],
    ] as const) {
      const headers = ['cookie', 'user-agent', 'referer', 'x-forwarded-for', 'idempotency-key'].map(
        (name) => [name, plant(`${name} of the first ${status}`)] as const,
      );
      const first = { path: `${path}?type=${plant(`query of the first ${status}`)}` };
      const answer = await ask({
        ...first,
        headers: { ...Object.fromEntries(headers), authorization: `Bearer ${bearer}` },
      });
      expect(answer.status).toBe(status);
    }
    for (const authorization of [
      `Bearer ${plant('wrong token')}`,
      `Bearer eyJhbGciOiJub25lIn0.${claims}.`,
      `Bearer eo_${plant('wrong API key')}`,
      `Basic ${basic}`,
      `Bearer two tokens ${plant('two tokens')}`,
    ])
      await refused({ path, headers: { authorization } });
    await refused({ path: `${path}?access_token=${plant('token in a query')}` });
    const wanted = JSON.stringify({ name: 'till', permissions: ['events:read'] });
    const made = (await ask({ path: '/v1/api-keys', method: 'POST', body: wanted })).json();
    credentials.planted.push({ name: 'an API key', text: made.key });
    const asKey = { path: `${path}?limit=1`, headers: { authorization: `Bearer ${made.key}` } };
    ends.push(`with a key ${(await ask(asKey)).status}`);
    const why = JSON.stringify({ reason: 'it was shown' });
    await ask({ path: `/v1/api-keys/${made.id}/revoke`, method: 'POST', body: why });
    await refused(asKey);
    const id = '091e518e-cffb-86e7-867b-354763635bbd';
    const known = (await post(order({}))).json().id;
    for (const name of ['cookie', 'x-api-key', 'x-forwarded-for', 'forwarded', 'user-agent', 'referer', 'traceparent'])
      await refused({ path: `${path}/${id}`, headers: { [name]: plant(name) } });
    for (const name of ['x-request-id', 'if-none-match', 'baggage'])
      await ask({ path: `${path}/${known}`, headers: { [name]: plant(name) } });
    await refused({ path, method: 'POST', headers: { 'content-type': plant('content type') }, body: '{}' });
    await refused({ path, method: 'POST', headers: { 'content-encoding': plant('content encoding') }, body: '{}' });
    await refused({ path: `/v1/${plant('path')}` });
    await refused({ path: `${path}/${plant('id')}` });
    await refused({ path: `${path}?${names.plant('name in a query')}=1` });
    await refused({ path: `${path}?limit=${plant('value in a query')}` });
    await refused({ path: `${path}?cursor=${plant('cursor')}` });
    await refused({ path: `/v1/${plant('long URL')}${'x'.repeat(9_000)}` });
    await refused({ path: `${path}/${plant('path without a token')}`, headers: { authorization: '' } });
    const host = `host: ${plant('host')}`;
    await sendBytes(`GET /v1/me HTTP/1.1\r\n${host}\r\n${host}\r\nconnection: close\r\n\r\n`);
    await sendBytes(`STEAL /${plant('what is no request')} HTTP/1.1\r\n\r\n`);
    await sendBytes(`GET / HTTP/1.1\r\nexpect: ${plant('expectation')}\r\nhost: x\r\nconnection: close\r\n\r\n`);
    await sendBytes(`GET / HTTP/1.1\r\nx: ${plant('long headers')}${'y'.repeat(20_000)}\r\n\r\n`);
  }

  async function sendRefusedBodies(): Promise<void> {
    const { plant } = credentials;
    await refused({ path: '/v1/events', method: 'POST', body: `{"payload":"${plant('body that is no JSON')}` });
    await refused({ path: '/v1/events', method: 'POST', body: Buffer.from(`"${plant('no UTF-8')}\xff"`, 'latin1') });
    const wrong = (body: unknown) =>
      refused({ path: '/v1/events', method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
    await wrong(order({}, { type: `${plant('type with a space')} x` }));
    await wrong(order({}, { [names.plant('member that is not taken')]: 1 }));
    await wrong({ ...order({}), source: [plant('source that is no text')] });
    await wrong(`{"type":"a","source":"b","payload":{"${plant('member given twice')}":1,"__proto__":{}}}`);
    await wrong(order(`${plant('large body')}${'x'.repeat(300_000)}`));
    const nested = `${'['.repeat(100)}"${plant('deep body')}"${']'.repeat(100)}`;
    await wrong(`{"type":"a","source":"b","payload":${nested}}`);
    const batch = [order({}), { type: 7, payload: plant('item of a batch') }];
    const results = await ask({ path: '/v1/events/batch', method: 'POST', body: JSON.stringify(batch) });
    answers.push(results.whole.split('"problem"')[1] ?? 'no problem');
    const ndjson = { 'content-type': 'application/x-ndjson' };
    const line = `{"type":"${plant('line of a batch')}`;
    const ofLines = await ask({ path: '/v1/events/batch', method: 'POST', headers: ndjson, body: `${line}\n` });
    answers.push(ofLines.whole);
    await refused({
      ...{ path: '/v1/events', method: 'POST', body: '{}' },
      headers: { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-type': 'a', 'ce-source': `${plant('CloudEvent')} x` },
    });
    const { id } = (await post(order({}), { 'idempotency-key': 'one' })).json();
    await refused({
      ...{ path: '/v1/events', method: 'POST', headers: { 'idempotency-key': 'one' } },
      body: JSON.stringify(order({ another: plant('body under a known key') })),
    });
    await refused({ path: `/v1/events/${id}/replay`, method: 'POST', body: `{"because":"${plant('no reason')}"}` });
  }

  async function sendData(): Promise<readonly string[]> {
    const { plant } = data;
    const ids: string[] = [];
    const sent = async (type: string, payload: unknown) =>
      ids.push((await post({ type, source: 'shop', payload })).json().id);
    await sent('secret.kept', { deep: [{ deeper: { secret: plant('nested payload') } }] });
    await sent('secret.kept', { [plant('name in a payload')]: true });
    await sent('secret.kept', { headers: { authorization: `Bearer ${plant('header in a payload')}` } });
    await sent('secret.kept', {
      url: `https://user:${plant('user of a URL')}@shop.example/?key=${plant('query of a URL')}`,
    });
    for (const kind of ['returned', 'thrown', 'caused', 'text', 'retried', 'invalid', 'sent'])
      await sent(`secret.${kind}`, { secret: plant(`what a handler has ${kind}`) });
    await sent('nobody.handles', { secret: plant('payload without a handler') });
    return ids;
  }

  beforeAll(async () => {
    await makeDataFolder(folder);
    token = await adminToken(folder);
    const metricsPort = await freePort();
    port = await freePort();
    receiver = await startOtlpReceiver();
    eventops = spawnEventOps({
      env: {
        ...{ DATA_DIR: folder, EVENTOPS_CONFIG: handlersFile, LOG_LEVEL: 'trace' },
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${credentials.plant('header for the receiver of traces')}`,
      },
      ...{ port, metricsPort, onLine: (line) => lines.push(line) },
    });
    await eventops.ready;
    await useCredentials();
    await sendRefusedBodies();
    const ids = await sendData();
    for (const id of ids) {
      const { json } = await ask({ path: `/v1/events/${id}?waitFor=PROCESSED&timeoutMs=60000` });
      ends.push(json().status);
    }
    for (const headers of [{}, { authorization: '' }]) answers.push((await ask({ path: '/readyz', headers })).whole);
    answers.push(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text());
    answers.push(await (await fetch(`http://127.0.0.1:${metricsPort}/readyz`)).text());
    const { d } = JSON.parse(readFileSync(join(folder, 'development-issuer.jwk.json'), 'utf8')) as {
      readonly d: string;
    };
    credentials.planted.push({ name: 'a token that is good', text: token.slice(-60) });
    data.planted.push({ name: "the issuer's own key", text: d });
    await eventops.stop();
  }, 180_000);
  afterAll(async () => {
    await eventops?.kill();
    await receiver?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('were planted, and asked for', () => {
    const planted = [credentials, data, names].flatMap((each) => each.planted);
    expect(planted.length).toBeGreaterThanOrEqual(50);
    expect(answers.length).toBeGreaterThan(35);
    // Four are only kept, and one handler returned what it was given.
    expect(ends).toEqual(['with a key 200', ...Array<string>(5).fill('PROCESSED'), ...Array<string>(7).fill('DEAD')]);
    expect(lines.length).toBeGreaterThan(5);
  });

  it('are in no line of the log, and in nothing else that is printed', () => {
    expect(foundIn(lines.join('\n'), [...credentials.planted, ...data.planted, ...names.planted])).toEqual([]);
  });

  it('are in no span, and the receiver of spans gets its own', () => {
    const spans = receiver.requests.map(({ body }) => body.toString('latin1')).join('\n');
    expect(foundIn(spans, [...credentials.planted, ...data.planted, ...names.planted])).toEqual([]);
    for (const name of [
      'GET /v1/events/:id',
      'POST /v1/events/batch',
      'handle secret.thrown',
      'dead-letter',
      'project events',
    ])
      expect(spans).toContain(name);
    const headers = receiver.requests.map((each) => String(each.headers['x-api-key'])).join();
    expect(foundIn(headers, credentials.planted)).toEqual(['header for the receiver of traces']);
  });

  it('are in no refusal, its headers included, and not in metrics and readiness', () => {
    expect(foundIn(answers.join('\n'), [...credentials.planted, ...data.planted])).toEqual([]);
  });

  it('are in no file, unless they are what an event consists of', () => {
    expect(foundInFolder(folder, [...credentials.planted, ...names.planted])).toEqual([]);
    // Or the search finds nothing wherever it is.
    expect(new Set(foundInFolder(folder, data.planted).map((found) => found.split(' in ')[0])).size).toBe(
      data.planted.length,
    );
  });
});
