import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
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

it('a payload that was changed in the file is neither served nor replayed, and its history says so', async () => {
  const { post, log, clock, path } = await withEmbeddedLog();
  const { id } = (await post({ ...order, payload: { amount: 100 } })).json();
  const life = eventLife(log, clock, id);
  await life.start();
  await life.succeed();
  await log.close();
  changeInFile(path, '{\\"amount\\":100}', '{\\"amount\\":900}');
  const reopened = await openEmbeddedLog({ path });
  onTestFinished(() => reopened.close());
  const { call } = apiUnderTest({ log: reopened });
  const url = `/v1/events/${id}`;
  const replay = { method: 'POST', url: `${url}/replay`, payload: { reason: 'x' } } as const;
  for (const request of [{ url }, { url: `${url}?waitFor=DEAD` }, replay]) {
    const answer = await call(request);
    expect(answer.json()).toMatchObject({ status: 409, code: 'history-broken' });
    expect(answer.body).not.toContain('900');
  }
  const history = (await call({ url: `${url}/history` })).json();
  expect([history.verified, history.items.length]).toEqual([false, 3]);
});

/** As somebody would who may write to the file, and knows that it guards itself. */
function changeInFile(path: string, from: string, to: string): void {
  const database = new DatabaseSync(path);
  const triggers = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${String(name)}`);
  database.prepare('UPDATE transitions SET data = replace(data, ?, ?)').run(from, to);
  for (const trigger of triggers) database.exec(String(trigger['sql']));
  database.close();
}
