import { describe, expect, it } from 'vitest';
import { deriveUuid } from '../../src/application/event-identity.ts';
import { LogUnavailable } from '../../src/application/failures.ts';
import type { RecordedTransition } from '../../src/application/ports/event-log.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { heldLog } from '../support/api/held-log.ts';
import { listening, parsed, untilClosed } from '../support/api/listening.ts';
import { histories, request as received } from '../support/domain/transitions.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { memoryInUse } from '../support/memory-in-use.ts';
import { sealedHistory, sealedInTurn } from '../support/sealed-history.ts';

const body = JSON.stringify(order);
const postHead = (...lines: readonly string[]) =>
  `${['POST /v1/events HTTP/1.1', 'host: x', 'authorization: Bearer admin', 'content-type: application/json', ...lines].join('\r\n')}\r\n\r\n`;

describe('a flood', () => {
  it.each([
    ['one client', 'admin', 429, 'too-many-requests'],
    ['all clients', 'shop', 503, 'overloaded'],
  ])('of %s is refused before its bodies are read, with a pause to make', async (_whose, as, status, code) => {
    const { log, asked, go } = heldLog();
    const limits = { bytesInHand: 1, bytesInHandOfOneClient: 1, requestsWaiting: 0 };
    const { post, recorded } = apiUnderTest({ log, limits });
    const first = post(order);
    await asked;
    const refused = await post(order, {}, as);
    expect(refused.statusCode).toBe(status);
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.json()).toMatchObject({ status, code });
    go();
    expect((await first).statusCode).toBe(201);
    expect((await post(order, {}, as)).statusCode).toBe(201);
    expect(await recorded()).toHaveLength(2);
  });

  it('is let in one after the other when there is room for one', async () => {
    const limits = { bytesInHand: 1, bytesInHandOfOneClient: 1 };
    const { post, recorded } = apiUnderTest({ limits });
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(order)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(await recorded()).toHaveLength(20);
  });

  it('leaves the connection of who is refused in use, the rest of the body passed over', async () => {
    const { log, asked, go } = heldLog();
    const limits = { bytesInHand: 1, bytesInHandOfOneClient: 1, requestsWaiting: 0 };
    const api = apiUnderTest({ log, limits });
    const first = api.post(order);
    await asked;
    const socket = await (await listening(api)).open();
    const answers = untilClosed(socket);
    const answer = () => new Promise<void>((resolve) => socket.once('data', () => resolve()));
    const refused = answer();
    socket.write(`${postHead(`content-length: ${body.length}`)}${body.slice(0, 10)}`);
    await refused;
    go();
    await first;
    socket.write(`${body.slice(10)}${postHead(`content-length: ${body.length}`, 'connection: close')}${body}`);
    const [one = '', two = ''] = (await answers).split(/(?=HTTP\/1\.1 )/);
    expect(parsed(one)).toMatchObject({ status: 429, problem: { code: 'too-many-requests' } });
    expect(parsed(two).status).toBe(201);
  });

  it('of bodies that do not say how long they are is refused as they grow', async () => {
    const { log, asked, go } = heldLog();
    const api = apiUnderTest({
      log,
      limits: {
        ...{ bytesInHand: body.length + 20, bytesInHandOfOneClient: body.length + 20, requestsWaiting: 0 },
        ...{ memoryOfRequestBytes: 0, memoryPerBodyByte: 1, unannouncedBodyBytes: 10 },
      },
    });
    const { open } = await listening(api);
    const first = api.post(order);
    await asked;
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
    const postInChunks = async () => {
      const socket = await open();
      const answers = untilClosed(socket);
      const refusal = new Promise<void>((resolve) => socket.once('data', () => resolve()));
      socket.write(`${postHead('transfer-encoding: chunked', 'connection: close')}${chunk(body.slice(0, 30))}`);
      return { socket, answers, refusal };
    };
    const refused = await postInChunks();
    await refused.refusal;
    refused.socket.write(`${chunk(body.slice(30))}0\r\n\r\n`);
    expect(parsed(await refused.answers)).toMatchObject({ status: 429, problem: { code: 'too-many-requests' } });
    go();
    await first;
    const taken = await postInChunks();
    taken.socket.write(`${chunk(body.slice(30))}0\r\n\r\n`);
    expect(parsed(await taken.answers).status).toBe(201);
    expect(await api.recorded()).toHaveLength(2);
  });
});

describe('what is in hand', () => {
  it('of a batch is its text and one parsed item: known events are read as the answer is sent', async () => {
    const log = createInMemoryLog();
    let [reading, most] = [0, 0];
    const readStream: typeof log.readStream = async (...given) => {
      most = Math.max(most, ++reading);
      const history = await log.readStream(...given);
      reading--;
      return history;
    };
    const { call } = apiUnderTest({ log: { ...log, readStream } });
    const items = Array.from({ length: 50 }, (_, index) => ({ ...order, idempotencyKey: `${index}` }));
    const post = () =>
      call({
        ...{ method: 'POST', url: '/v1/events/batch', payload: JSON.stringify(items) },
        headers: { 'content-type': 'application/json' },
      });
    const first = (await post()).json().results;
    const again = (await post()).json().results;
    expect(again.map(({ event }: { event: unknown }) => event)).toEqual(
      first.map(({ event }: { event: unknown }) => event),
    );
    expect(most).toBeLessThanOrEqual(50);
    expect(reading).toBe(0);
  });

  it('of a long answer are pieces', async () => {
    const { call, post } = apiUnderTest({ limits: { answerPieceBytes: 10 } });
    const id = (await post(order)).json().id;
    const history = await call({ url: `/v1/events/${id}/history` });
    expect(history.headers['content-length']).toBeUndefined();
    expect(history.json()).toMatchObject({ verified: true, items: [{ type: 'EventReceived' }] });
  });

  it('of a history of thousands of large transitions are a few of its pages', async () => {
    const large = { ...received, payload: JSON.stringify('x'.repeat(60_000)) };
    const others = function* (count: number) {
      for (let index = 0; index < count; index++) yield { type: 'EventReceived' as const, data: large };
    };
    const [id, count, before] = [deriveUuid('large'), 2_000, memoryInUse()];
    let most = 0;
    const log = createInMemoryLog();
    const api = apiUnderTest({
      log: {
        ...log,
        async *readPages() {
          let page: RecordedTransition[] = [];
          for (const recorded of sealedInTurn(others(count), id)) {
            page.push(recorded);
            if (page.length < 8) continue;
            if (recorded.revision % 500n === 7n) most = Math.max(most, memoryInUse() - before);
            yield page;
            page = [];
          }
        },
      },
    });
    const { url } = await listening(api);
    const answer = await fetch(`${url}/v1/events/${id}/history`, { headers: { authorization: 'Bearer admin' } });
    let [bytes, end] = [0, ''];
    for await (const chunk of answer.body ?? []) {
      bytes += chunk.length;
      end = Buffer.from(chunk).toString('utf8').slice(-20);
    }
    expect(bytes).toBeGreaterThan(count * 60_000);
    expect(end).toMatch(/\],"verified":true\}$/);
    expect(most).toBeLessThan(32 * 1024 * 1024);
  });

  it('of a history whose log is lost half-way ends with its connection, not with what looks whole', async () => {
    const log = createInMemoryLog();
    const readPages: typeof log.readPages = async function* () {
      yield sealedHistory(histories.processed);
      throw new LogUnavailable('away');
    };
    const api = apiUnderTest({ log: { ...log, readPages }, limits: { answerPieceBytes: 10 } });
    const { url } = await listening(api);
    const headers = { authorization: 'Bearer admin' };
    const answer = await fetch(`${url}/v1/events/${deriveUuid('an event')}/history`, { headers });
    await expect(answer.text()).rejects.toThrow();
  });
});
