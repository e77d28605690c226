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
import { secondsOfFamily, threadsOf } from './cpu-of-threads.ts';
import { event, load, percentile } from './load.ts';

const EVENTS_PER_SECOND = 500;
const SECONDS_OF_LOAD = 15;
const LOOK_EVERY_MS = 100;
const AT_ONCE = 500;

interface Rebuild {
  readonly id: string;
  readonly step: string;
  readonly filled: { readonly transitions: number; readonly durationMs: number } | null;
  readonly report: { readonly rows: number; readonly rowsThatDiffer: number } | null;
  readonly history: readonly { readonly type: string; readonly at: string }[];
}

type Print = (line: string) => void;

export interface RebuildBench {
  readonly projection: string;
  readonly transitions: number;
  /** PGlite and PostgreSQL by default. */
  readonly on?: string | undefined;
}

/** How fast a rebuild is, what it takes, and what clients notice of it. */
export async function benchRebuild(print: Print, { projection, transitions, on: only }: RebuildBench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-bench-'));
  try {
    for (const on of ['PGlite', 'PostgreSQL'].filter((each) => only === undefined || only === each)) {
      const dataFolder = join(folder, on);
      await makeDataFolder(dataFolder);
      await fillLog(join(dataFolder, 'log.sqlite'), transitions);
      if (on === 'PGlite') await measure({ print, on, projection }, await runEventOps({ dataFolder }));
      else await onPostgres({ print, on, projection }, (env) => runEventOps({ dataFolder, env }));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Measured {
  readonly print: Print;
  readonly on: string;
  readonly projection: string;
  /** Of a server of its own. */
  readonly databasePid?: number;
}

async function onPostgres(measured: Measured, start: (env: NodeJS.ProcessEnv) => Promise<RunningEventOps>) {
  const found = findPostgres();
  if (!found.found) return measured.print(`PostgreSQL: skipped, because ${found.why}`);
  // Not within the other one: where this runs as root, the server runs as another user.
  const folder = mkdtempSync(join(tmpdir(), 'eventops-bench-postgres-'));
  const server = createPostgres({ folder, binaries: found.binaries, fsync: true });
  await server.start();
  try {
    const running = await start({ DATABASE_URL: await server.createDatabase('bench') });
    await measure({ ...measured, databasePid: server.pid() }, running);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Events of 500 bytes that have ended, three transitions each. */
async function fillLog(path: string, transitions: number): Promise<void> {
  const log = await openEmbeddedLog({ path });
  const useCases = createUseCases({ log, clock: systemClock, random: systemRandom });
  const context = { actor: { kind: 'process', process: 'bench' } } as const;
  const live = async () => {
    const now = new Date().toISOString();
    const payload = JSON.stringify((JSON.parse(event('bench')) as { readonly payload: object }).payload);
    const received = await useCases.receiveEvent(posted(randomUUID(), { payload }), byClient);
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

async function measure({ print, on, projection, databasePid }: Measured, server: RunningEventOps): Promise<void> {
  const { url, token, pid } = server;
  const path = `/v1/projections/${projection}/rebuilds`;
  const ask = async <Answer>(to: string, body?: object): Promise<Answer> => {
    const answer = await fetch(`${url}${to}`, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${to}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Answer;
  };
  const untilStep = async (
    id: string,
    step: string,
    while_: (rebuild: Rebuild) => Promise<unknown> = async () => {},
  ) => {
    for (;;) {
      const rebuild = await ask<Rebuild>(`${path}/${id}`);
      if (rebuild.step === step) return rebuild;
      await while_(rebuild);
      await pause(LOOK_EVERY_MS);
    }
  };
  const act = (id: string, name: string) => ask(`${path}/${id}/${name}`, { reason: 'bench' });
  const rebuild = () => ask<Rebuild>(path, { reason: 'bench' });
  const cancel = async (id: string) => {
    await act(id, 'cancel');
    await untilStep(id, 'dropped');
  };
  const steady = (seconds: number) =>
    load({
      ...{ url, token, batchSize: 1, connections: 64, eventsPerSecond: EVENTS_PER_SECOND, source: 'bench' },
      events: seconds * EVENTS_PER_SECOND,
    });
  const handled = () => server.metric('eventops_transitions_handled_total', `subscriber="projection:${projection}"`);
  try {
    for (let before = -1, now = 0; now !== before; before = now, now = await handled()) await pause(2_000);
    const threads = threadsOf(pid);
    const ofDatabase = () => (databasePid === undefined ? 0 : secondsOfFamily(databasePid));
    const before = ofDatabase();
    const quiet = await rebuild();
    let used: Readonly<Record<string, number>> = {};
    const compared = await untilStep(quiet.id, 'compared', async ({ step }) => {
      if (step !== 'filling') return;
      const ofServer = databasePid === undefined ? {} : { PostgreSQL: ofDatabase() - before };
      used = { ...threads.seconds(), ...ofServer };
    });
    print(`${on}: ${projection}: ${describe(compared)}`);
    print(`${on}: CPU of filling, for each transition: ${microseconds(used, compared.filled?.transitions ?? 1)}`);
    await cancel(quiet.id);

    await steady(3);
    const usual = await steady(SECONDS_OF_LOAD);
    let isPosting = true;
    const during = steady(SECONDS_OF_LOAD).finally(() => {
      isPosting = false;
    });
    let [failedReads, rebuilds] = [0, 0];
    let last: Rebuild | null = null;
    while (isPosting) {
      if (last !== null) await cancel(last.id);
      last = await untilStep((await rebuild()).id, 'compared', async () => {
        await ask('/v1/events?limit=20').catch(() => failedReads++);
      });
      rebuilds++;
      print(`${on}, while ${EVENTS_PER_SECOND} events/s are posted: ${describe(last)}`);
    }
    const busy = await during;
    const [p99, p99Usual] = [percentile(busy.latenciesMs, 0.99), percentile(usual.latenciesMs, 0.99)];
    print(
      `${on}: POST p99 ${p99.toFixed(1)} ms during ${rebuilds} rebuilds, ${p99Usual.toFixed(1)} ms without: ${(p99 / p99Usual).toFixed(2)}×; failed reads ${failedReads}`,
    );
    for (const [name, step] of [
      ['promote', 'promoted'],
      ['rollback', 'dropped'],
    ] as const) {
      const beganAt = performance.now();
      await act(last?.id ?? '', name);
      await untilStep(last?.id ?? '', step);
      print(
        `${on}: ${name} in at most ${Math.round(performance.now() - beganAt)} ms, deleting the other copy included`,
      );
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

const microseconds = (seconds: Readonly<Record<string, number>>, transitions: number) =>
  [...Object.entries(seconds), ['all', Object.values(seconds).reduce((sum, each) => sum + each, 0)] as const]
    .map(([name, each]) => `${name} ${((each / transitions) * 1e6).toFixed(1)} µs`)
    .join(', ');

const peakMiB = (pid: number) =>
  Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024);
