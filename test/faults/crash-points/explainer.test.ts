import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/open-embedded-log.ts';
import { FAILURE_GROUP_STREAM_PREFIX } from '../../../src/application/failure-groups/identity.ts';
import type { EventLog, RecordedTransition } from '../../../src/application/ports/event-log.ts';
import { explanationsIn } from '../../support/explaining/explained-log.ts';
import { type ModelStub, startModelStub } from '../../support/explaining/model-stub.ts';
import { inTime } from '../../support/faults/in-time.ts';
import { askUntilCertain } from '../../support/faults/load/ask.ts';
import { freePort } from '../../support/free-port.ts';
import { adminToken, makeDataFolder } from '../../support/processes/data-folder.ts';
import { postAll } from '../../support/processes/post-all.ts';
import { type SpawnedEventOps, spawnEventOps } from '../../support/processes/spawn-eventops.ts';
import { explainerCrashes } from './points.ts';

const handlersFile = fileURLToPath(new URL('../../support/explaining/eventops.config.ts', import.meta.url));
/** On a loaded machine. */
const WITHIN_MS = 120_000;
/** Letters alone: numbers do not tell failures apart. */
const words = Array.from({ length: 2 * explainerCrashes.length + 2 }, (_, index) => `w${'x'.repeat(index)}`);
/** Of an answer that a model gave, and that no code has put into the log yet. */
const losesAnswer = (point: string) => point === 'ask-model.after' || point === 'append-FailureExplained.before';

async function ofGroups(log: Pick<EventLog, 'subscribeAll'>): Promise<readonly RecordedTransition[]> {
  const all: RecordedTransition[] = [];
  for await (const message of log.subscribeAll(null, { streamPrefixes: [FAILURE_GROUP_STREAM_PREFIX] })) {
    if (message.kind === 'caught-up') break;
    if (message.kind === 'transitions') all.push(...message.transitions);
  }
  return all;
}

describe('an explainer that is killed at each of its steps', { timeout: 300_000 }, () => {
  let folder = '';
  let url = '';
  let token = '';
  let stub: ModelStub;
  let start: (crashAt?: string) => SpawnedEventOps;
  /** Calls of models that had no effect, because the process was killed. */
  let lost = 0;
  let ids: readonly string[] = [];

  const ask = (path: string, body?: string) =>
    askUntilCertain(
      { urls: [url], token },
      body === undefined ? { path } : { path, body },
      performance.now() + WITHIN_MS,
    );

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eventops-crash-points-'));
    const dataFolder = join(folder, 'data');
    await makeDataFolder(dataFolder);
    stub = await startModelStub();
    const env = {
      ...{ DATA_DIR: dataFolder, EVENTOPS_CONFIG: handlersFile, LOG_LEVEL: 'warn' },
      ...{ OPENAI_BASE_URL: `${stub.url}/v1`, EXPLAIN_TIMEOUT_MS: '600000' },
    };
    const [port, metricsPort] = [await freePort(), await freePort()];
    [url, token] = [`http://127.0.0.1:${port}`, await adminToken(dataFolder)];
    start = (crashAt) => spawnEventOps({ env: { ...env, EVENTOPS_CRASH_AT: crashAt }, port, metricsPort });
  });
  afterAll(async () => {
    await stub.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is killed while a model is asked, with everything else dead letters meanwhile', async () => {
    const first = start();
    await inTime('EventOps is ready', WITHIN_MS, first.ready);
    const explained = postAll({ url, token }, [{ key: 'first', type: 'order.placed' }]);
    ids = [...(await explained).values()];
    await expect
      .poll(async () => (await ask(`/v1/events/${ids[0]}/explanation`)).status, { timeout: WITHIN_MS })
      .toBe(200);
    stub.openAi = 'silent';
    const posts = words.map((word) => ({ key: word, type: 'order.placed' }));
    ids = [...ids, ...(await postAll({ url, token }, posts)).values()];
    expect(await ask(`/v1/events/${ids[0]}/explanation`, '{}')).toMatchObject({ status: 202 });
    const dead = async () => (await ask('/v1/dead-letters?limit=200')).body as { readonly items: readonly unknown[] };
    await expect.poll(async () => (await dead()).items.length, { timeout: WITHIN_MS }).toBe(ids.length);
    await expect.poll(() => stub.asked.length, { timeout: WITHIN_MS }).toBe(2);
    await first.kill();
    lost = 1;
    stub.openAi = 'sound';
  });

  it.each(explainerCrashes)('kills itself at $point:$times', async ({ point, times }) => {
    const doomed = start(`${point}:${times}`);
    try {
      expect(await inTime(`it comes to ${point}`, WITHIN_MS, doomed.endedBy)).toBe('SIGKILL');
    } finally {
      await doomed.kill();
    }
    if (losesAnswer(point)) lost++;
  });

  it('pays for what was lost once more and for nothing else, and explains all', async () => {
    const last = start();
    for (const id of ids)
      await expect
        .poll(async () => (await ask(`/v1/events/${id}/explanation`)).status, { timeout: WITHIN_MS })
        .toBe(200);
    await last.stop();
    const log = await openEmbeddedLog({ path: join(folder, 'data', 'log.sqlite') });
    const explanations = explanationsIn(await ofGroups(log));
    await log.close();
    expect(new Set(explanations.map(({ eventId }) => eventId))).toEqual(new Set(ids));
    // Each once, and what was asked for by hand.
    expect(explanations).toHaveLength(ids.length + 1);
    expect(explanations.filter(({ request }) => request !== null)).toMatchObject([{ eventId: ids[0] }]);
    expect(new Set(explanations.map(({ provider }) => provider))).toEqual(new Set(['openai']));
    expect(stub.asked).toHaveLength(explanations.length + lost);
    expect(lost).toBeLessThanOrEqual(explainerCrashes.length + 1);
    process.stdout.write(
      `${explainerCrashes.length + 1} kills, ${explanations.length} explanations, ${stub.asked.length} calls of the model\n`,
    );
  });
});
