// How long a replay plan of many dead letters takes to be frozen, how fast it runs, and what that costs fresh events.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type RunningEventOps, runEventOps } from '../test/support/processes/running-eventops.ts';
import { load, percentile } from './load.ts';

interface Asked {
  readonly members: number;
  readonly print: (line?: string) => void;
}

interface Plan {
  readonly id: string;
  readonly size: number;
  readonly state: string;
  readonly progress: { readonly waiting: number; readonly done: number } | null;
}

const RATE = 1_000;
const POSTS_PER_SECOND = 100;
const LOOK_EVERY_MS = 250;

/** Fails permanently until the file is there. */
const handlersOf = (isBack: string) => `import { existsSync } from 'node:fs';
let isThere = false;
export default { handlers: { 'bench.*': { retry: { maxAttempts: 1 }, handle: () => {
  isThere ||= existsSync(${JSON.stringify(isBack)});
  if (!isThere) throw new Error('the downstream does not answer');
  return null;
} } } };
`;

/** The embedded profile, in a process of its own, with the load beside it. */
export async function benchPlans({ members, print }: Asked): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-plans-'));
  const [isBack, handlersFile] = [join(folder, 'is-back'), join(folder, 'eventops.config.ts')];
  await writeFile(handlersFile, handlersOf(isBack));
  const env = { PLAN_MAX_EVENTS: '1000000', EXPLAIN: 'off' };
  const server = await runEventOps({ dataFolder: join(folder, 'data'), handlersFile, env });
  try {
    const { url, token } = server;
    await load({ ...{ url, token }, events: members, batchSize: 100, connections: 8, source: 'outage' });
    while ((await ask<{ readonly events: number }>(server, '/v1/dead-letters/groups')).events < members)
      await pause(LOOK_EVERY_MS);
    await writeFile(isBack, '');
    const alone = await postsBeside(server, async () => pause(10_000));
    const from = performance.now();
    const plan = await ask<Plan>(server, '/v1/replay-plans', { filter: { source: 'outage' }, reason: 'bench' });
    print(`a plan of ${plan.size} events is frozen in ${((performance.now() - from) / 1_000).toFixed(1)} s`);
    const path = `/v1/replay-plans/${plan.id}`;
    while ((await ask<Plan>(server, path)).progress === null) await pause(LOOK_EVERY_MS);
    await ask(server, `${path}/start`, { ratePerSecond: RATE });
    const startedAt = performance.now();
    const beside = await postsBeside(server, async () => {
      for (;;) {
        const { state, progress } = await ask<Plan>(server, path);
        if (state !== 'running' && (progress?.done ?? 0) >= plan.size) return;
        if (state !== 'running' && state !== 'completed') throw new Error(`the plan is ${state}`);
        await pause(LOOK_EVERY_MS);
      }
    });
    const seconds = (performance.now() - startedAt) / 1_000;
    print(`it is done in ${seconds.toFixed(0)} s at ${RATE}/s: ${Math.round(plan.size / seconds)} events/s`);
    print(`POST at ${POSTS_PER_SECOND}/s: ${alone} before it, ${beside} beside it`);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function postsBeside({ url, token }: RunningEventOps, work: () => Promise<void>): Promise<string> {
  const latenciesMs: number[] = [];
  let isOver = false;
  const working = work().finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const options = { batchSize: 1, connections: 16, source: 'fresh', eventsPerSecond: POSTS_PER_SECOND };
    latenciesMs.push(...(await load({ ...{ url, token }, events: POSTS_PER_SECOND, ...options })).latenciesMs);
  }
  await working;
  return `p50 ${percentile(latenciesMs, 0.5).toFixed(1)} ms, p99 ${percentile(latenciesMs, 0.99).toFixed(1)} ms`;
}

async function ask<Answer>({ url, token }: RunningEventOps, path: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(`${url}${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}
