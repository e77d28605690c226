import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { SeedBreach, SeedsProgress, SeedsTask } from './seeds-thread.ts';

export interface SeedsResult {
  seeds: number;
  events: number;
  transitions: number;
  readonly happened: Map<string, number>;
  readonly breaches: SeedBreach[];
}

/** Small enough that all cores end at about the same time, large enough that starting a thread does not count. */
const SEEDS_OF_THREAD = 2_000;

export interface SeedsOptions {
  readonly from: number;
  readonly count: number;
  readonly onProgress?: (so: SeedsResult) => void;
}

/** Runs so many seeds on all cores. */
export async function runSeeds({ from, count, onProgress = () => {} }: SeedsOptions): Promise<SeedsResult> {
  const result: SeedsResult = { seeds: 0, events: 0, transitions: 0, happened: new Map(), breaches: [] };
  const tasks: SeedsTask[] = [];
  for (let first = from; first < from + count; first += SEEDS_OF_THREAD)
    tasks.push({ from: first, count: Math.min(SEEDS_OF_THREAD, from + count - first), bug: null, untilBreach: false });
  const runTasks = async () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift())
      await inThread(task, (progress) => {
        add(result, progress);
        onProgress(result);
      });
  };
  await Promise.all(Array.from({ length: availableParallelism() }, runTasks));
  return result;
}

export interface Catch {
  /** How many seeds were needed. */
  readonly seeds: number;
  /** The first breaches; empty when the bug was not caught. */
  readonly breaches: readonly SeedBreach[];
}

/** Runs the code with the bug in it, seed after seed, until an invariant is broken. */
export async function catchBug(
  bug: string,
  { from, atMost }: { readonly from: number; readonly atMost: number },
): Promise<Catch> {
  const result: SeedsResult = { seeds: 0, events: 0, transitions: 0, happened: new Map(), breaches: [] };
  await inThread({ from, count: atMost, bug, untilBreach: true }, (progress) => add(result, progress));
  return result;
}

const inThread = (task: SeedsTask, onProgress: (progress: SeedsProgress) => void) =>
  new Promise<void>((resolve, reject) => {
    const thread = new Worker(new URL('seeds-thread.ts', import.meta.url), { workerData: task });
    thread.on('message', onProgress);
    thread.once('error', reject);
    thread.once('exit', () => resolve());
  });

function add(result: SeedsResult, { seeds, events, transitions, happened, breaches }: SeedsProgress): void {
  result.seeds += seeds;
  result.events += events;
  result.transitions += transitions;
  for (const [effect, times] of happened) result.happened.set(effect, (result.happened.get(effect) ?? 0) + times);
  result.breaches.push(...breaches);
}
