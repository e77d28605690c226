import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { openEventStoreDbLog } from '../../../src/adapters/eventstoredb/open-event-store-db-log.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import { deriveUuid, streamOf } from '../../../src/application/event-identity.ts';
import { FAILURE_GROUP_STREAM_PREFIX } from '../../../src/application/failure-groups/identity.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import type { Explanation } from '../../../src/domain/failure-group/transitions.ts';
import { deadLettered, failed, failure, received, started } from '../../support/domain/transitions.ts';
import { startServerProcess } from '../../support/eventstoredb/start-server-process.ts';
import { explanationsIn } from '../../support/explaining/explained-log.ts';
import { type ModelStub, startModelStub } from '../../support/explaining/model-stub.ts';
import { startRole } from '../../support/processes/role-process.ts';
import { sealedHistory } from '../../support/sealed-history.ts';
import { createPostgres, findPostgres } from '../../support/services/postgres.ts';
import { describeOn } from '../../support/services/real-services.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

const here = findPostgres();

/** Two explainers on a log and a PostgreSQL of their own, which take turns by a lease: they need no other role. */
async function startTwo(binaries: string, models: NodeJS.ProcessEnv) {
  const folder = await mkdtemp(join(tmpdir(), 'eventops-explaining-'));
  // PostgreSQL runs as another user when we are root.
  await chmod(folder, 0o755);
  const postgres = createPostgres({ folder: join(folder, 'pg'), binaries, fsync: false });
  await mkdir(join(folder, 'log'));
  const server = await startServerProcess({ folder: join(folder, 'log') });
  await postgres.start();
  const env = {
    ...{ EVENTSTORE_URL: server.url, DATABASE_URL: await postgres.createDatabase('eventops') },
    ...{ DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn', ...models },
  };
  const running = [await startRole({ role: 'explainer', env }), await startRole({ role: 'explainer', env })];
  const log = openEventStoreDbLog({
    ...{ url: server.url, clock: systemClock, random: systemRandom, logger: silentLogger },
  });
  return {
    log,
    killFirst: async () => running.shift()?.kill(),
    stop: async () => {
      await log.close();
      await Promise.all(running.map((each) => each.kill()));
      await Promise.all([postgres.kill(), server.kill()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function explanationsOf(log: Pick<EventLog, 'subscribeAll'>): Promise<readonly Explanation[]> {
  const found: Explanation[] = [];
  for await (const message of log.subscribeAll(null, { streamPrefixes: [FAILURE_GROUP_STREAM_PREFIX] })) {
    if (message.kind === 'caught-up') break;
    if (message.kind === 'transitions') found.push(...explanationsIn(message.transitions));
  }
  return found;
}

describeOn('PostgreSQL', 'explainers beside each other', () => {
  vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
  let stub: ModelStub;
  let profile: Awaited<ReturnType<typeof startTwo>>;
  beforeAll(async () => {
    if (!here.found) throw new Error(here.why);
    stub = await startModelStub();
    profile = await startTwo(here.binaries, {
      ...{ OPENAI_BASE_URL: `${stub.url}/v1`, GEMINI_BASE_URL: stub.url, EXPLAIN_DAILY_CALLS: '10' },
    });
  });
  afterAll(async () => {
    await profile.stop();
    await stub.close();
  });
  beforeEach(() => void stub.asked.splice(0));

  /** An event that became a dead letter; with its explanation, once it is there. */
  async function explained(word: string): Promise<Explanation> {
    const id = deriveUuid('explained', word);
    const outcome = await profile.log.append({
      stream: streamOf(id),
      expectedRevision: 'no-stream',
      transitions: sealedHistory(
        [received(), started(), failed({}, { ...failure, message: `${word} order has no lines` }), deadLettered()],
        id,
      ),
    });
    if (outcome.kind !== 'appended') throw new Error(outcome.kind);
    const all = await vi.waitUntil(
      async () => {
        const found = await explanationsOf(profile.log);
        return found.some(({ eventId }) => eventId === id) ? found : null;
      },
      { timeout: 120_000, interval: 100 },
    );
    const own = all.filter(({ eventId }) => eventId === id);
    expect(own).toHaveLength(1);
    return own[0] as Explanation;
  }

  const openAi = { provider: 'openai', why: 'it answers 500' };

  it('store what Gemini says where OpenAI fails, and why', async () => {
    Object.assign(stub, { openAi: 'failing', gemini: 'sound' });
    expect(await explained('red')).toMatchObject({
      ...{ provider: 'gemini', summary: 'A model said so.', fallbacks: [openAi], cost: { calls: 3 } },
    });
    expect(stub.asked.map(({ provider }) => provider)).toEqual(['openai', 'openai', 'gemini']);
  });

  it('store what the rules say where both fail, and why', async () => {
    Object.assign(stub, { openAi: 'failing', gemini: 'failing' });
    expect(await explained('green')).toMatchObject({
      ...{ provider: 'rules', fallbacks: [openAi, { provider: 'gemini', why: 'it answers 500' }], cost: { calls: 4 } },
    });
    expect(stub.asked).toHaveLength(4);
  });

  it('keep to the calls of a day together, whichever of them asks', async () => {
    Object.assign(stub, { openAi: 'sound', gemini: 'sound' });
    await profile.killFirst();
    const answers = [
      await explained('blue'),
      await explained('black'),
      await explained('white'),
      await explained('grey'),
    ];
    // Seven were made before, in the other process. Its breaker is not known here.
    expect(answers.map(({ provider }) => provider)).toEqual(['openai', 'openai', 'openai', 'rules']);
    expect(answers.at(-1)?.fallbacks.map(({ why }) => why)).toEqual(
      Array.from({ length: 2 }, () => 'no call is left of the 10 of this day'),
    );
    expect(stub.asked).toHaveLength(3);
  });
});
