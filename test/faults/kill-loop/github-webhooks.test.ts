import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../../../examples/github/client.ts';
import { type Webhook, webhooks } from '../../../examples/github/webhooks.ts';
import { isWhole } from '../../support/faults/scale.ts';
import { makeDataFolder } from '../../support/processes/data-folder.ts';
import { type RunningEventOps, runEventOps } from '../../support/processes/running-eventops.ts';

const KILLS = 21;
const SOURCE = 'github/killed';
const FINISHED = ['PROCESSED', 'DEAD'];

/** What one client got for one event. */
type Witness = Map<string, string>;

describe.skipIf(!isWhole())(
  'a system that is killed again and again, in the middle of work',
  { timeout: 300_000 },
  () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'eventops-killed-'));
    const witness: Witness = new Map();
    let server: RunningEventOps;
    let events: Awaited<ReturnType<Client['events']>>;

    beforeAll(async () => {
      await makeDataFolder(dataFolder);
      const waiting = [...webhooks];
      for (let kill = 0; kill < KILLS; kill++) {
        server = await runEventOps({ dataFolder });
        // Each time after another number of answers: at once, in the middle of a burst, when much is being processed.
        const { enough, all } = post((kill * 7) % 24, waiting, witness, server);
        await enough;
        await server.kill();
        await all;
      }
      server = await runEventOps({ dataFolder });
      await post(Number.POSITIVE_INFINITY, waiting, witness, server).all;
      events = await restOf(new Client(server.url, server.token), webhooks.length);
    }, 280_000);

    afterAll(async () => {
      await server.stop();
      rmSync(dataFolder, { recursive: true, force: true });
    });

    it('keeps every event that got a 2xx, and each of them once', () => {
      expect(new Set(events.map(({ id }) => id))).toEqual(new Set(witness.values()));
      expect(events).toHaveLength(webhooks.length);
    });

    it('brings every event to an end', () => {
      expect(events.filter(({ status }) => !FINISHED.includes(status))).toEqual([]);
    });

    it('leaves histories that are unbroken, begin once, and end once', async () => {
      for (const { id, status } of events) {
        const history = await historyOf(server, id);
        const types = history.items.map(({ type }) => type);
        expect.soft(history.verified, id).toBe(true);
        expect.soft(types.filter((type) => type === 'EventReceived')).toHaveLength(1);
        const ends = types.filter((type) => type === 'ProcessingSucceeded' || type === 'EventDeadLettered');
        expect.soft(ends, id).toEqual([status === 'PROCESSED' ? 'ProcessingSucceeded' : 'EventDeadLettered']);
      }
    });
  },
);

/** Posts as a careful client does, eight at a time; `enough` resolves after `answers` 2xx, `all` when it has stopped. */
function post(answers: number, waiting: Webhook[], witness: Witness, server: RunningEventOps) {
  let left = answers;
  const enough = Promise.withResolvers<void>();
  if (left === 0) enough.resolve();
  const postInTurn = async () => {
    for (let webhook = waiting.shift(); webhook !== undefined; webhook = waiting.shift()) {
      const id = left > 0 ? await postOnce(webhook, server) : null;
      // Without an answer the client does not know: it posts the event again after the restart.
      if (id === null) return void waiting.push(webhook);
      witness.set(webhook.fingerprint, id);
      left -= 1;
      if (left === 0) enough.resolve();
    }
  };
  const all = Promise.all(Array.from({ length: 8 }, postInTurn));
  return { enough: Promise.race([enough.promise, all]), all };
}

async function postOnce({ type, payload, fingerprint }: Webhook, { url, token }: RunningEventOps) {
  const answer = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': fingerprint },
    body: JSON.stringify({ type, source: SOURCE, payload }),
  }).catch(() => null);
  if (answer === null) return null;
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  const body = await answer.json().catch(() => null);
  return body === null ? null : (body as { id: string }).id;
}

async function restOf(client: Client, count: number) {
  for (;;) {
    const events = await client.events(SOURCE);
    if (events.length === count && events.every(({ status }) => FINISHED.includes(status))) return events;
  }
}

async function historyOf({ url, token }: RunningEventOps, id: string) {
  const answer = await fetch(`${url}/v1/events/${id}/history`, { headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()) as { items: { type: string }[]; verified: boolean };
}
