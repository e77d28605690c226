import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openEmbeddedLog } from '../src/adapters/embedded-log/open-embedded-log.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import { systemRandom } from '../src/adapters/system/random.ts';
import { openTreeFolder } from '../src/adapters/tree-folder/open-tree-folder.ts';
import { type Anchor, anchoredPrefixes, createAnchor } from '../src/application/anchoring/anchor.ts';
import { createAnchorService } from '../src/application/anchoring/anchor-service.ts';
import type { Checkpoint, EventLog } from '../src/application/ports/event-log.ts';
import { createRepeatingReport } from '../src/application/repeating-report.ts';
import type { Subscriber } from '../src/application/run-subscription.ts';
import { createUseCases } from '../src/application/use-cases.ts';
import { followingLimits, followLog } from '../src/main/follow-log.ts';
import { logKey } from '../test/support/transparency/test-keys.ts';
import { byClient, posted } from '../test/support/worker/posting.ts';
import { silentLogger } from '../test/support/worker/silent-logger.ts';
import { percentile } from './load.ts';

/** Transitions that are anchored together. The log has room for so many in what it keeps in memory for its subscribers. */
const PART = 18_000;
const TRANSITIONS_OF_AN_EVENT = 3;
const AT_ONCE = 500;
const EVENTS_PER_SECOND = 200;
const ROUNDS = 4;
const ROUND_MS = 10_000;
const surroundings = { clock: systemClock, logger: silentLogger };

/** What anchoring costs: as transitions come, to catch up with a file, and beside appends. */
export async function benchAnchoring(print: (line: string) => void, transitions: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-bench-'));
  const path = join(folder, 'log.sqlite');
  const open = () => openEmbeddedLog({ path });
  try {
    const first = await open();
    const costs: number[] = [];
    const anchorNext = await anchoringInParts(first, anchorIn(join(folder, 'tree'), first));
    for (let made = 0; made < transitions; made += PART) {
      for (let events = 0; events < PART / TRANSITIONS_OF_AN_EVENT; events += AT_ONCE) await appendAtOnce(first);
      costs.push((await cpuOf(() => anchorNext(PART))) / PART);
    }
    const [least, middle] = [percentile(costs, 0), percentile(costs, 0.5)];
    print(
      `As they come, with a checkpoint for each ${PART.toLocaleString('en')}: ${micros(middle)} of CPU for each transition (least ${micros(least)})`,
    );
    await first.close();

    const log = await open();
    const made = Number((await log.head())?.position);
    await costOf(log, nothing, made);
    const reading = await costOf(log, nothing, made);
    const all = await costOf(log, anchorIn(join(folder, 'other-tree'), log, 'other.example'), made);
    print(
      `From the file, ${made.toLocaleString('en')} transitions: ${micros(all - reading)} of CPU for each, and ${micros(reading)} to read it`,
    );
    await measureBesideAppends(print, log, join(folder, 'tree'));
    await log.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const micros = (value: number) => `${value.toFixed(1)} µs`;

/** A subscriber that reads alone. */
const nothing = { name: 'nothing', load: async (): Promise<Checkpoint | null> => null, handle: async () => {} };

function anchorIn(folder: string, log: EventLog, origin = logKey.name) {
  const key = { ...logKey, name: origin };
  return createAnchor({ ...surroundings, log, store: openTreeFolder(folder), key, random: systemRandom });
}

/** Follows the log when it is asked to, and signs what came. */
async function anchoringInParts(log: EventLog, anchor: Anchor): Promise<(transitions: number) => Promise<void>> {
  const options = { streamPrefixes: anchoredPrefixes, maxBatch: followingLimits.maxBatch };
  const messages = log.subscribeAll(await anchor.load(), options)[Symbol.asyncIterator]();
  return async (transitions) => {
    for (let handled = 0; handled < transitions; ) {
      const { value } = await messages.next();
      if (value?.kind !== 'transitions') continue;
      handled += value.transitions.length;
      await anchor.handle(value.transitions, value.checkpoint);
    }
    await anchor.sign();
  };
}

/** Until all that was in the log has been handled, and signed. */
async function costOf(log: EventLog, subscriber: Subscriber & { sign?(): Promise<void> }, transitions: number) {
  const cpu = await cpuOf(async () => {
    const following = followLog(log, subscriber, { ...surroundings, streamPrefixes: anchoredPrefixes });
    await following.start();
    await following.caughtUp;
    await following.stop();
    await subscriber.sign?.();
  });
  return cpu / transitions;
}

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Events are received and ended at a steady rate, with an anchor beside them and without one in turns. */
async function measureBesideAppends(print: (line: string) => void, log: EventLog, tree: string): Promise<void> {
  await appendSteadily(log, ROUND_MS / 2);
  const rounds: { readonly isAnchored: boolean; readonly latencies: readonly number[] }[] = [];
  for (let round = 0; round < 2 * ROUNDS; round++) {
    const isAnchored = round % 2 === 1;
    const service = isAnchored ? await startAnchorService(log, tree) : null;
    rounds.push({ isAnchored, latencies: await appendSteadily(log, ROUND_MS) });
    await service?.stop();
  }
  print(`${EVENTS_PER_SECOND} events/s of three appends, ${ROUNDS} × ${ROUND_MS / 1_000} s each in turns`);
  for (const isAnchored of [false, true]) {
    const latencies = rounds.filter((round) => round.isAnchored === isAnchored).flatMap((round) => round.latencies);
    const [p50, p99] = [percentile(latencies, 0.5), percentile(latencies, 0.99)];
    print(`  ${isAnchored ? 'with' : 'without'} an anchor: append p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(1)} ms`);
  }
}

/** With what was not anchored yet anchored. */
async function startAnchorService(log: EventLog, tree: string) {
  const anchor = anchorIn(tree, log);
  const following = followLog(log, anchor, { ...surroundings, streamPrefixes: anchoredPrefixes });
  const report = createRepeatingReport(surroundings);
  const service = createAnchorService({ anchor, following, checkpointEveryMs: 5_000, clock: systemClock, report });
  await service.start();
  await following.caughtUp;
  await anchor.sign();
  return service;
}

/** @returns how long each append took. */
async function appendSteadily(log: EventLog, durationMs: number): Promise<readonly number[]> {
  const latencies: number[] = [];
  const timed: EventLog = {
    ...log,
    append: async (request) => {
      const since = performance.now();
      const outcome = await log.append(request);
      latencies.push(performance.now() - since);
      return outcome;
    },
  };
  const pending: Promise<void>[] = [];
  const beganAt = performance.now();
  for (let count = 0; count < (EVENTS_PER_SECOND * durationMs) / 1_000; count += 1) {
    const early = beganAt + (count * 1_000) / EVENTS_PER_SECOND - performance.now();
    if (early > 0) await pause(early);
    pending.push(wholeLife(timed));
  }
  await Promise.all(pending);
  return latencies;
}

const appendAtOnce = (log: EventLog) => Promise.all(Array.from({ length: AT_ONCE }, () => wholeLife(log)));

/** An event that is received, processed and ended, as by the system itself. */
async function wholeLife(log: EventLog): Promise<void> {
  const useCases = createUseCases({ log, clock: systemClock, random: systemRandom });
  const context = { actor: { kind: 'process', process: 'bench' } } as const;
  const now = new Date().toISOString();
  const { id, current } = await useCases.receiveEvent(posted(randomUUID()), byClient);
  const start = { ...{ generation: 0, attempt: 1, worker: 'bench', now }, leaseExpiresAt: now };
  const started = await useCases.startProcessing(id, start, context, current);
  const claim = { worker: 'bench', leaseExpiresAt: now };
  const done = { generation: 0, attempt: 1, durationMs: 3, handler: 'order.*', handlerVersion: '1', result: null };
  await useCases.completeProcessing(id, { ...done, claim, now }, context, started.current);
}
