import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openEmbeddedLog } from '../src/adapters/embedded-log/open-embedded-log.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import { systemRandom } from '../src/adapters/system/random.ts';
import { createUseCases } from '../src/application/use-cases.ts';
import { makeDataFolder } from '../test/support/processes/data-folder.ts';
import { type RunningEventOps, runEventOps } from '../test/support/processes/running-eventops.ts';
import { createPostgres, findPostgres } from '../test/support/services/postgres.ts';
import { byClient, posted } from '../test/support/worker/posting.ts';
import { load, percentile } from './load.ts';

const EVENTS_PER_SECOND = 500;
const LOOK_EVERY_MS = 200;
const AT_ONCE = 500;

interface Rebuild {
  readonly id: string;
  readonly step: string;
  readonly filled: { readonly transitions: number; readonly durationMs: number } | null;
  readonly report: { readonly rows: number; readonly rowsThatDiffer: number } | null;
  readonly history: readonly { readonly type: string; readonly at: string }[];
}

type Print = (line: string) => void;

/** How fast a rebuild of `events` is, what it takes, and what clients notice of it. */
export async function benchRebuild(print: Print, transitions: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-bench-'));
  try {
    for (const on of ['PGlite', 'PostgreSQL'] as const) {
      const dataFolder = join(folder, on);
      await makeDataFolder(dataFolder);
      await fillLog(join(dataFolder, 'log.sqlite'), transitions);
      if (on === 'PGlite') await measure(print, on, await runEventOps({ dataFolder }));
      else await onPostgres(print, (env) => runEventOps({ dataFolder, env }));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function onPostgres(print: Print, start: (env: NodeJS.ProcessEnv) => Promise<RunningEventOps>) {
  const found = findPostgres();
  if (!found.found) return print(`PostgreSQL: skipped, because ${found.why}`);
  // Not within the other one: where this runs as root, the server runs as another user.
  const folder = mkdtempSync(join(tmpdir(), 'eventops-bench-postgres-'));
  const server = createPostgres({ folder, binaries: found.binaries, fsync: true });
  await server.start();
  try {
    await measure(print, 'PostgreSQL', await start({ DATABASE_URL: await server.createDatabase('bench') }));
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Events that have ended, three transitions each. */
async function fillLog(path: string, transitions: number): Promise<void> {
  const log = await openEmbeddedLog({ path });
  const useCases = createUseCases({ log, clock: systemClock, random: systemRandom });
  const context = { actor: { kind: 'process', process: 'bench' } } as const;
  const live = async () => {
    const now = new Date().toISOString();
    const received = await useCases.receiveEvent(posted(randomUUID()), byClient);
    const { id, current } = received;
    const start = { ...{ generation: 0, attempt: 1, worker: 'bench', now }, leaseExpiresAt: now };
    const started = await useCases.startProcessing(id, start, context, current);
    const claim = { worker: 'bench', leaseExpiresAt: now };
    const done = { generation: 0, attempt: 1, durationMs: 3, handler: 'order.*', handlerVersion: '1', result: null };
    await useCases.completeProcessing(id, { ...done, claim, now }, context, started.current);
  };
  for (let made = 0; made < transitions / 3; made += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, live));
  await log.close();
}

async function measure(print: Print, on: string, server: RunningEventOps): Promise<void> {
  const { url, token, pid } = server;
  const ask = async <Answer>(path: string, body?: object): Promise<Answer> => {
    const answer = await fetch(`${url}${path}`, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Answer;
  };
  const untilStep = async (id: string, step: string, while_: () => Promise<unknown> = async () => {}) => {
    for (;;) {
      const rebuild = await ask<Rebuild>(`/v1/projections/events/rebuilds/${id}`);
      if (rebuild.step === step) return rebuild;
      await while_();
      await pause(LOOK_EVERY_MS);
    }
  };
  const rebuild = () => ask<Rebuild>('/v1/projections/events/rebuilds', { reason: 'bench' });
  const steady = (seconds: number) =>
    load({
      ...{ url, token, batchSize: 1, connections: 64, eventsPerSecond: EVENTS_PER_SECOND, source: 'bench' },
      events: seconds * EVENTS_PER_SECOND,
    });
  const rows = () => server.metric('eventops_transitions_handled_total', 'subscriber="projection:events"');
  try {
    for (let before = -1, now = 0; now !== before; before = now, now = await rows()) await pause(2_000);
    const quiet = await rebuild();
    const compared = await untilStep(quiet.id, 'compared');
    print(`${on}: ${describe(compared)}`);
    await ask(`/v1/projections/events/rebuilds/${quiet.id}/cancel`, { reason: 'bench' });
    await untilStep(quiet.id, 'dropped');

    await steady(3);
    const usual = await steady(10);
    const atLoad = await rebuild();
    let failedReads = 0;
    const during = steady(10);
    const found = await untilStep(atLoad.id, 'compared', async () => {
      await ask('/v1/events?limit=20').catch(() => failedReads++);
    });
    const busy = await during;
    const [p99, p99Usual] = [percentile(busy.latenciesMs, 0.99), percentile(usual.latenciesMs, 0.99)];
    print(`${on}, while ${EVENTS_PER_SECOND} events/s are posted: ${describe(found)}`);
    print(
      `${on}: POST p99 ${p99.toFixed(1)} ms, ${p99Usual.toFixed(1)} ms without a rebuild: ${(p99 / p99Usual).toFixed(2)}×; failed reads ${failedReads}`,
    );
    for (const [act, step] of [
      ['promote', 'promoted'],
      ['rollback', 'dropped'],
    ] as const) {
      const beganAt = performance.now();
      await ask(`/v1/projections/events/rebuilds/${atLoad.id}/${act}`, { reason: 'bench' });
      await untilStep(atLoad.id, step);
      print(`${on}: ${act} in at most ${Math.round(performance.now() - beganAt)} ms, deleting the other copy included`);
    }
    print(`${on}: peak memory of the process ${peakMiB(pid)} MiB`);
  } finally {
    await server.stop();
  }
}

function describe({ report, history, filled }: Rebuild): string {
  const { transitions, durationMs } = filled ?? { transitions: 0, durationMs: 1 };
  const at = (type: string) => Date.parse(history.find((step) => step.type === type)?.at ?? '');
  const comparing = (at('RebuildCompared') - at('RebuildFilled')) / 1_000;
  const rate = Math.round((transitions / durationMs) * 1_000).toLocaleString('en');
  return `${transitions.toLocaleString('en')} transitions filled and indexed at ${rate}/s, ${report?.rows.toLocaleString('en')} rows compared in ${comparing.toFixed(1)} s, ${report?.rowsThatDiffer} differ`;
}

const peakMiB = (pid: number) =>
  Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024);
