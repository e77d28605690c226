import type { LightMyRequestResponse } from 'fastify';
import type { ApiUnderTest } from '../api/api-under-test.ts';
import type { CorpusCase } from './cases.ts';

/** The body of a request that carries the payload. */
const bodyWith = ({ payload }: CorpusCase, index: number) =>
  Buffer.concat([Buffer.from(`{"type":"t${index}","source":"corpus","payload":`), payload, Buffer.from('}')]);

const keyOf = (index: number) => `corpus-${index}`;

/** Payloads of an event's JSON as the bytes that they are there, without parsing. */
export function payloadIn(body: Buffer): Buffer {
  const from = body.indexOf('"payload":') + '"payload":'.length;
  return body.subarray(from, body.lastIndexOf(',"createdAt":'));
}

/** The events in an answer, each as its own bytes. No payload of ours looks like the beginning or end of an event. */
export const eventsIn = ({ rawPayload }: LightMyRequestResponse): readonly Buffer[] =>
  [
    ...rawPayload
      .toString('latin1')
      .matchAll(/\{"id":"[0-9a-f-]{36}".*?"revision":\d+(?:,"failureGroupId":[^,]+,"explanation":null)?\}/gs),
  ].map(([event]) => Buffer.from(event, 'latin1'));

/** Sends every case, each under a key of its own. */
export async function sendAll({ post }: Pick<ApiUnderTest, 'post'>, cases: readonly CorpusCase[], first = 0) {
  const answers: LightMyRequestResponse[] = [];
  for (const [index, each] of cases.entries())
    answers.push(await post(bodyWith(each, first + index), { 'idempotency-key': keyOf(first + index) }));
  return answers;
}

const MOST_ITEMS = 200;
const MOST_BYTES = 2 * 1024 * 1024;

/** The same events as bodies of `POST /v1/events/batch`. */
export function* inBatches(sent: readonly { readonly one: CorpusCase; readonly index: number }[]): Generator<Buffer> {
  let items: Buffer[] = [];
  for (const { one, index } of sent) {
    const item = Buffer.concat([
      bodyWith(one, index).subarray(0, -1),
      Buffer.from(`,"idempotencyKey":"${keyOf(index)}"}`),
    ]);
    const bytes = items.reduce((sum, each) => sum + each.length, item.length);
    if (items.length === MOST_ITEMS || bytes > MOST_BYTES) {
      yield asArray(items);
      items = [];
    }
    items.push(item);
  }
  yield asArray(items);
}

const asArray = (items: readonly Buffer[]) =>
  Buffer.concat([
    Buffer.from('['),
    ...items.flatMap((item, index) => (index === 0 ? [item] : [Buffer.from(','), item])),
    Buffer.from(']'),
  ]);
