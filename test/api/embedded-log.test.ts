import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/open-embedded-log.ts';
import { streamOf } from '../../src/application/event-identity.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';

async function withEmbeddedLog() {
  const folder = await mkdtemp(join(tmpdir(), 'eventops-api-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'log.sqlite');
  const log = await openEmbeddedLog({ path });
  onTestFinished(() => log.close());
  return { path, ...apiUnderTest({ log }) };
}

it('200 posts of one key at once make one stream in the embedded log', async () => {
  const { post, log } = await withEmbeddedLog();
  const answers = await Promise.all(Array.from({ length: 200 }, () => post(order, { 'idempotency-key': '1' })));
  expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1);
  expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(199);
  expect(await log.readStream(streamOf(answers[0]?.json().id))).toHaveLength(1);
});

it('what got a 2xx is there after the log was opened again, a payload of 256 KiB included', async () => {
  const { post, call, log, path } = await withEmbeddedLog();
  const frame = '{"type":"a","source":"b","payload":""}';
  const largest = frame.replace('""', `"${String.raw`\"`.repeat((256 * 1024 - frame.length) / 2)}"`);
  const single = await post(largest);
  const headers = { 'content-type': 'application/json' };
  const items = Array.from({ length: 300 }, (_, index) => ({ ...order, idempotencyKey: `${index % 250}` }));
  const batch = await call({ method: 'POST', url: '/v1/events/batch', headers, payload: items });
  const events: { id: string }[] = batch.json().results.map(({ event }: { event: { id: string } }) => event);
  expect([single.statusCode, new Set(events.map(({ id }) => id)).size]).toEqual([201, 250]);
  await log.close();
  const reopened = await openEmbeddedLog({ path });
  onTestFinished(() => reopened.close());
  const { call: callAgain } = apiUnderTest({ log: reopened });
  for (const { id } of [single.json(), ...events.slice(0, 5)])
    expect((await callAgain({ url: `/v1/events/${id}` })).statusCode).toBe(200);
  expect((await callAgain({ url: `/v1/events/${single.json().id}` })).body).toBe(single.body);
});

it('who waits is told by the embedded log', async () => {
  const { post, call, log, clock } = await withEmbeddedLog();
  const { id } = (await post(order)).json();
  const life = eventLife(log, clock, id);
  await life.start();
  const answer = call({ url: `/v1/events/${id}?waitFor=PROCESSED` });
  await life.succeed();
  expect((await answer).json()).toMatchObject({ status: 'PROCESSED', revision: 2 });
});
