import { followTypePauses } from '../../../src/application/event-types/follow-type-pauses.ts';
import { LogUnavailable, ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import type { CommandBus } from '../../../src/application/ports/command-bus.ts';
import type { DueWork } from '../../../src/application/ports/due-work.ts';
import type {
  AppendRequest,
  Checkpoint,
  EventLog,
  RecordedTransition,
} from '../../../src/application/ports/event-log.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { whileLeased } from '../../../src/application/while-leased.ts';
import { covers } from '../../../src/domain/event-type/covers.ts';
import { foldDueWork } from '../../../src/projections/due-work/project.ts';
import { createMatchHandler } from '../../../src/worker/handlers/match-handler.ts';
import { createInProcessRunner } from '../../../src/worker/in-process-runner.ts';
import { createDueWorkSweep } from '../../../src/worker/sweep/due-work-sweep.ts';
import { createWorker } from '../../../src/worker/worker.ts';
import { createInMemoryLog } from '../in-memory-log.ts';
import { byClient, posted } from '../worker/posting.ts';
import { choosing, createSeededRandom } from '../worker/seeded-random.ts';
import { silentLogger } from '../worker/silent-logger.ts';
import { handlerOf } from '../worker/workshop.ts';
import { SimulatedBroker } from './broker.ts';
import { type DueRows, dueRowsAfter, simulatedDueWork } from './due-work.ts';
import { createLeases } from './leases.ts';
import { Life } from './life.ts';
import { createSimulatedTime } from './time.ts';

const STEPS = 50;
/** Appends that were on their way when a worker heard of a pause, and those that were not answered and are sent again. */
const UNDER_WAY_MS = 2_500;
/** In which every worker has heard of a pause, also one whose connection to the log was lost meanwhile. */
const HEARD_MS = 15_000;
/** A command that is lost is noticed after so long. */
const LOST_AFTER_MS = 3_000;
/** In which everything that nothing holds comes to its end once nothing fails any more: far less than the looks at parked rows. */
const PEACE_MS = 100_000;

const types = ['order.placed', 'order.shipped', 'user.created'] as const;
const names = ['order.placed', 'order.shipped', 'order.*', 'user.created', '*'];
const ends = ['ProcessingSucceeded', 'EventDeadLettered'];

export interface TypePausesOutcome {
  readonly breaches: readonly string[];
  readonly happened: ReadonlySet<string>;
}

/**
 * Operators pause types and let them go on while events come, handlers fail, commands are lost, rows are behind, workers and
 * sweeps are killed and frozen, calls fail or are not answered, and connections to the log are lost.
 */
export async function liveTypePauses(seed: number): Promise<TypePausesOutcome> {
  const random = createSeededRandom(seed);
  const { below, pick } = choosing(random);
  const time = createSimulatedTime();
  const stored = createInMemoryLog('simulated');
  const breaches = new Set<string>();
  const happened = new Set<string>();
  /** Where nothing goes wrong, attempts can be counted. */
  const isCalm = random.fraction() < 0.3;
  const failureShare = isCalm ? 0 : pick([0, 0.01, 0.03]);
  const mostBehind = pick([0, 3, 20]);
  let isWar = true;
  const isLost = () => isWar && !isCalm && random.fraction() < 0.2;

  /** By name, since when it is paused. */
  const paused = new Map<string, number>();
  const typeOf = new Map<string, string>();
  const runs = new Map<string, number>();
  const starts = new Map<string, number>();
  const unfinished = new Set<string>();
  interface Watched {
    readonly life: Life;
    readonly beganAt: number;
    /** By name, since when its process knows of the pause. */
    readonly heard: Map<string, number>;
    thawedAt: number;
  }

  const broker = new SimulatedBroker(random, [], { isPeace: () => true, noted: () => {} });
  async function publish(eventId: string): Promise<void> {
    if (isLost()) return void happened.add('command is lost');
    await time.sleep(below(20));
    broker.publish([{ eventId, generation: 0, attempt: 1, event: null }]);
  }

  let judged = 0;
  const appending = (watched: Watched | null) => (asked: AppendRequest) => {
    const outcome = stored.append(asked);
    for (; judged < stored.all.length; judged++) judge(stored.all[judged] as RecordedTransition, watched);
    return outcome;
  };
  function judge({ stream, type, data }: RecordedTransition, watched: Watched | null): void {
    happened.add(type);
    if (type === 'EventTypePaused') paused.set(stream.slice('type-'.length), time.passed());
    if (type === 'EventTypeResumed') paused.delete(stream.slice('type-'.length));
    const id = stream.slice('event-'.length);
    if (type === 'EventReceived') {
      typeOf.set(id, (JSON.parse(data) as { readonly type: string }).type);
      unfinished.add(id);
      void publish(id);
    }
    if (ends.includes(type)) unfinished.delete(id);
    if (type === 'EventDeadLettered') breaches.add('an event dies, though its handler would have succeeded');
    if (type === 'ProcessingStarted' && watched !== null) begins(id, watched);
  }
  function begins(id: string, { beganAt, heard, thawedAt }: Watched): void {
    starts.set(id, (starts.get(id) ?? 0) + 1);
    const overIt = [...paused].filter(([name]) => covers(name, typeOf.get(id) ?? ''));
    for (const [name, since] of overIt) {
      const heardAt = heard.get(name);
      const late = time.passed() - Math.max(thawedAt, since);
      if (beganAt > since) breaches.add('a process that began after a pause was recorded begins an attempt');
      if (late > HEARD_MS) breaches.add('an attempt begins long after a pause was recorded');
      if (heardAt !== undefined && Math.min(late, time.passed() - heardAt) > UNDER_WAY_MS)
        breaches.add('a worker that has heard of a pause begins an attempt');
    }
    if (overIt.length > 0) happened.add('begins before it hears of the pause');
  }
  const log: EventLog = { ...stored, append: appending(null) };
  const people = createUseCases({ log, clock: time, random });

  let rows: DueRows = new Map();
  let contained = 0;
  function follow(): void {
    const to = Math.max(contained, stored.all.length - (isWar ? below(mostBehind + 1) : 0));
    const fresh = stored.all.slice(contained, to).filter(({ stream }) => stream.startsWith('event-'));
    contained = to;
    if (fresh.length > 0) rows = dueRowsAfter(rows, foldDueWork(fresh, LOST_AFTER_MS), time.now());
  }
  const dueWork = simulatedDueWork({
    ...{ rows: () => rows, isCaughtUp: () => true, now: () => time.now(), random },
    keep: (after) => {
      rows = after;
    },
    lostCommandAfterMs: () => LOST_AFTER_MS,
  });

  const calling =
    (life: Life, failed: (message: string) => Error) =>
    <Given extends readonly unknown[], Result>(act: (...given: Given) => Result) =>
    async (...given: Given): Promise<Awaited<Result>> => {
      const fails = () => isWar && life.random.fraction() < failureShare;
      await life.step();
      if (fails()) {
        happened.add('call fails');
        throw failed('It is away');
      }
      const result = await act(...given);
      await life.step();
      if (fails()) {
        happened.add('call is not answered');
        throw failed('There was no answer');
      }
      return result;
    };

  function logOf(watched: Watched): EventLog {
    const { life, heard } = watched;
    const call = calling(life, (message) => new LogUnavailable(message));
    return {
      ...log,
      append: async (asked) =>
        call(appending(watched))(asked).catch((error: Error) => ({ kind: 'unknown' as const, message: error.message })),
      readStream: call(log.readStream),
      async *readPages(stream) {
        await call(() => {})();
        yield* log.readPages(stream);
      },
      async *subscribeAll(after, options) {
        for await (const message of log.subscribeAll(after, options)) {
          await call(() => {})();
          yield message;
          // Whoever asks for the next one has taken this one in.
          for (const { stream, type } of message.kind === 'transitions' ? message.transitions : []) {
            if (type === 'EventTypePaused') heard.set(stream.slice('type-'.length), time.passed());
            if (type === 'EventTypeResumed') heard.delete(stream.slice('type-'.length));
          }
        }
      },
    };
  }

  const handler = handlerOf(
    async ({ id }) => {
      runs.set(id, (runs.get(id) ?? 0) + 1);
      await time.sleep(below(100));
      if (isWar && random.fraction() < 0.2) throw new Error('the warehouse is away');
      return null;
    },
    {
      timeoutMs: 2_000,
      retry: { ...handlerOf(() => null).retry, maxAttempts: 1_000, initialDelayMs: 100, maxDelayMs: 1_000 },
    },
  );
  const matchHandler = createMatchHandler([handler]);
  const leases = createLeases(() => time.now());
  const pageRows = 1 + below(3);
  let begun = 0;
  function begin(role: 'worker' | 'dispatcher'): Watched {
    const number = begun++;
    const life = new Life(`${role}-0`, time, createSeededRandom(seed * 1_000 + number));
    const watched: Watched = { life, beganAt: time.passed(), heard: new Map(), thawedAt: 0 };
    const ownLog = logOf(watched);
    const worker = `process ${number}`;
    const place = { clock: life.clock, logger: silentLogger };
    const useCases = createUseCases({ log: ownLog, clock: life.clock, random: life.random });
    const shared = { log: ownLog, useCases, random: life.random, ...place };
    const pauses = followTypePauses({ log: ownLog, ...place });
    const call = calling(life, (message) => new ReadDatabaseUnavailable(message));
    const bus: CommandBus = {
      forgetsOnRestart: false,
      publish: async (commands) => {
        await life.step();
        broker.publish(commands.filter(() => !isLost()));
        await life.step();
      },
      backlog: broker.backlog,
      consume: async (options) => broker.consume(life, options),
      close: async () => {},
    };
    void pauses.start();
    if (role === 'worker') {
      const runner = createInProcessRunner(shared);
      void createWorker({ ...shared, bus, matchHandler, runner, worker, pauses, stopTimeoutMs: 1_000 }).start();
      return watched;
    }
    const entries = Object.entries(dueWork).map(([name, act]) => [
      name,
      call((...given: readonly unknown[]) => {
        follow();
        return (act as (...all: readonly unknown[]) => unknown)(...given);
      }),
    ]);
    const ownDueWork: unknown = Object.fromEntries(entries);
    const dueWorkCheckpoint = async () => (contained === 0 ? null : (`simulated/${contained - 1}` as Checkpoint));
    void whileLeased({
      leases: { acquire: call(leases.acquire), renew: call(leases.renew), release: call(leases.release) },
      ...{ name: 'due-work-sweep', owner: worker, ...place },
      begin: () =>
        createDueWorkSweep({
          ...{ ...shared, bus, matchHandler, worker, pauses, earlierWorkersAreGone: false },
          dueWork: ownDueWork as DueWork,
          dueWorkCheckpoint: call(dueWorkCheckpoint),
          projectionCaughtUp: Promise.resolve(),
          limits: { pageRows, commandsPerCall: pageRows, typesAtOnce: pageRows, askAgainAfterMs: LOST_AFTER_MS },
        }),
    }).start();
    return watched;
  }

  let keys = 0;
  const post = (type: string) => people.receiveEvent(posted(`key ${keys++}`, { type }), byClient);
  const operate = (kind: 'PauseEventType' | 'ResumeEventType', name: string) =>
    people.operateEventType({ name, command: { kind, reason: 'because', requestedBy: 'alice' }, context: byClient });
  const processes = [begin('worker'), begin('worker'), begin('dispatcher'), begin('dispatcher')];
  const acts: Readonly<Record<string, () => unknown>> = {
    post: async () => {
      for (let count = 1 + below(6); count > 0; count--) await post(pick(types));
    },
    pause: () => operate('PauseEventType', pick(names)),
    resume: () => operate('ResumeEventType', pick([...paused.keys(), ...names])),
    kill: () => {
      const index = below(processes.length);
      processes[index]?.life.kill();
      processes[index] = begin(index < 2 ? 'worker' : 'dispatcher');
    },
    'take over': () => {
      const watched = pick(processes);
      const frozenMs = below(10_000);
      watched.thawedAt = Math.max(watched.thawedAt, time.passed() + frozenMs);
      watched.life.freeze(watched.thawedAt - time.passed());
    },
  };
  const often = ['post', 'post', 'pause', 'resume', 'resume'];
  const rare = ['kill', 'take over'];
  for (let step = 0; step < STEPS; step++) {
    await does(pick(isCalm || random.fraction() < 0.8 ? often : rare));
    await time.runUntil(() => false, time.passed() + below(pick([5, 500, 8_000])));
  }
  await comesToRest();
  for (const { life } of processes) life.kill();
  return { breaches: [...breaches], happened };

  async function does(name: string): Promise<void> {
    happened.add(name);
    await within(Promise.resolve(acts[name]?.()));
  }
  async function within(work: Promise<unknown>): Promise<void> {
    let isDone = false;
    void work.then(() => {
      isDone = true;
    });
    await time.runUntil(() => isDone, time.passed() + 1_000);
  }

  /** What nothing holds ends while the rest is paused; after the last resume, everything ends. */
  async function comesToRest(): Promise<void> {
    for (const name of names) await within(operate('ResumeEventType', name));
    await within(operate('PauseEventType', 'order.*'));
    for (let count = 0; count < 8; count++) await within(post(count % 2 === 0 ? 'order.placed' : 'user.created'));
    await time.runUntil(() => false, time.passed() + 11_000);
    isWar = false;
    const waits = (type: string) => [...unfinished].filter((id) => covers(type, typeOf.get(id) ?? ''));
    if (!(await time.runUntil(() => waits('user.created').length === 0, time.passed() + PEACE_MS)))
      breaches.add(`${waits('user.created').length} events of a type that is not paused do not end`);
    if (waits('order.*').length > 0) happened.add('waits for the end of the pause');
    await within(operate('ResumeEventType', 'order.*'));
    if (!(await time.runUntil(() => unfinished.size === 0, time.passed() + PEACE_MS)))
      breaches.add(`${unfinished.size} events do not end after the last pause`);
    if (!isCalm) return;
    for (const [id, count] of starts)
      if (count !== (runs.get(id) ?? 0)) breaches.add('an attempt is counted in which no handler ran');
  }
}
