import { deriveUuid, eventIdOfStream, streamOf } from '../../../src/application/event-identity.ts';
import { handleCommand } from '../../../src/application/handle-command.ts';
import { load } from '../../../src/application/load.ts';
import { timestamp } from '../../../src/application/ports/clock.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { eventAggregate } from '../../../src/domain/event/aggregate.ts';
import type { EventCommand } from '../../../src/domain/event/commands.ts';
import { replayPlanAggregate } from '../../../src/domain/replay-plan/aggregate.ts';
import type { PlanAction, TransitionData } from '../../../src/domain/replay-plan/transitions.ts';
import { createPlanRunner, type PlanRunnerLimits } from '../../../src/worker/replay-plans/plan-runner.ts';
import { failure, policy, request } from '../domain/transitions.ts';
import { createInMemoryLog } from '../in-memory-log.ts';
import { rowsOf } from './plan-rows.ts';
import { createSeededRandom } from './seeded-random.ts';
import { silentLogger } from './silent-logger.ts';
import { createVirtualClock } from './virtual-clock.ts';

type Start = Omit<TransitionData<'ReplayPlanStarted'>, 'requestedAt' | 'requestedBy'>;

const context = { actor: { kind: 'process', process: 'test' } } as const;

/** Where a process that carries plans out is killed: with its n-th append, before or after it. */
export interface Kill {
  readonly append: number;
  readonly when: 'before' | 'after';
}

/** Dead letters, a worker for what is replayed of them, and processes that carry plans out, one after the other. */
export function createPlanWorld({
  behind = () => 0,
  damages = () => false,
  beforeTaking = async () => {},
}: {
  readonly behind?: () => number;
  /** Whose histories are read with another one's data in them, by those who carry plans out. */
  readonly damages?: (eventId: string) => boolean;
  /** In the middle of a look, whenever members may be taken. */
  readonly beforeTaking?: () => Promise<void>;
} = {}) {
  const clock = createVirtualClock();
  const log = createInMemoryLog();
  const random = createSeededRandom(1);
  const useCases = createUseCases({ log, clock, random });
  let backlog = 0;
  let setBackMs = 0;
  let fails: (index: number) => boolean = () => false;
  const indexes = new Map<string, number>();
  const claim = { worker: 'w', leaseExpiresAt: '2099-01-01T00:00:00.000Z' };

  const handle = (id: string, command: EventCommand) =>
    handleCommand(eventAggregate, { log, clock, random }, { id, command, context });

  async function run(id: string, generation: number, isFailing: boolean): Promise<void> {
    const now = timestamp(clock.now());
    const attempt = { generation, attempt: 1 };
    await handle(id, { kind: 'StartProcessing', ...attempt, ...claim, now });
    const outcome = { ...attempt, claim, now, durationMs: 1, handlerVersion: '1' };
    await handle(
      id,
      isFailing
        ? {
            ...{ kind: 'FailProcessing', ...outcome, handler: 'order.placed', policy, jitter: 0 },
            failure: { ...failure, retryable: false },
          }
        : { kind: 'CompleteProcessing', ...outcome, handler: 'order.placed', result: null },
    );
  }

  async function deadLetters(count: number): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let index = 0; index < count; index++) {
      const id = deriveUuid('of a plan', String(indexes.size));
      indexes.set(id, indexes.size);
      await handle(id, { kind: 'ReceiveEvent', event: { ...request, idempotencyKey: id } });
      await run(id, 0, true);
      ids.push(id);
    }
    return ids;
  }

  /** Works on everything that is received, as long as the test lasts. */
  async function work(signal: AbortSignal): Promise<void> {
    let seen = 0;
    while (!signal.aborted) {
      const fresh = log.all.slice(seen);
      seen = log.all.length;
      for (const { type, stream } of fresh) {
        if (type !== 'ReplayRequested') continue;
        const id = eventIdOfStream(stream);
        const { state } = await load(eventAggregate, log, id);
        if (state?.status === 'RECEIVED') await run(id, state.generation, fails(indexes.get(id) ?? -1));
      }
      await clock.sleep(30, signal);
    }
  }

  async function plan(ids: readonly string[], action: PlanAction = 'replay'): Promise<string> {
    const members = await Promise.all(
      ids.map(async (eventId) => {
        const { revision, state } = await load(eventAggregate, log, eventId);
        return { eventId, generation: state?.generation ?? 0, revision };
      }),
    );
    const counts = { byAge: [], byGroup: [], byReplays: [], byType: [] };
    const asked = { action, blocked: [], counts, filter: null, missing: [], reason: 'it is back' };
    const result = await useCases.requestReplayPlan({
      ...{ plan: asked, members, mostEvents: 10_000, requestedBy: 'ada', context },
    });
    if (!result.ok) throw new Error(result.rejection.code);
    return result.id;
  }

  const operate = (id: string, kind: 'PausePlan' | 'ResumePlan' | 'AbortPlan') =>
    useCases.operateReplayPlan({ id, command: { kind, reason: 'because', requestedBy: 'ada' }, context });

  async function start(id: string, but: Partial<Start> = {}): Promise<void> {
    const rules = {
      canary: { events: 10, mayFail: 0 },
      ratePerSecond: 100,
      stopWhenFailed: { atLeast: 5, share: 0.2 },
    };
    const command = {
      kind: 'StartPlan',
      start: { ...rules, ...but },
      requestedBy: 'ada',
      left: 1,
      overlap: null,
    } as const;
    const result = await useCases.operateReplayPlan({ id, command, context });
    if (!result.ok) throw new Error(result.rejection.code);
  }

  /** One process. Killed, it does nothing any more, and what it waits for never comes. */
  function runner(limits: Partial<PlanRunnerLimits> = {}, kill: Kill | null = null) {
    let appends = 0;
    let looks = 0;
    const killed = Promise.withResolvers<void>();
    let isDead = false;
    const nothing = new Promise<never>(() => {});
    const die = () => {
      isDead = true;
      killed.resolve();
      return nothing;
    };
    const alive = <Result>(result: Promise<Result>): Promise<Result> =>
      isDead ? nothing : result.then((value) => (isDead ? nothing : value));
    const killable: typeof log = {
      ...log,
      async append(asked) {
        if (isDead) return nothing;
        appends += 1;
        const isNow = appends === kill?.append;
        if (isNow && kill?.when === 'before') return die();
        const outcome = await log.append(asked);
        return isNow ? die() : alive(Promise.resolve(outcome));
      },
      async readStream(stream, from) {
        const history = await alive(log.readStream(stream, from));
        return damages(eventIdOfStream(stream)) ? history.map((one) => ({ ...one, data: '{}' })) : history;
      },
    };
    const rows = rowsOf(log, behind);
    const service = createPlanRunner({
      log: killable,
      rows: {
        running: () => {
          looks += 1;
          return alive(rows.running());
        },
        progress: (id) => alive(rows.progress(id)),
        firstWaiting: (id) => alive(rows.firstWaiting(id)),
        members: (...given) => alive(rows.members(...given)),
        failed: (...given) => alive(rows.failed(...given)),
      },
      bus: {
        async backlog() {
          await beforeTaking();
          return { waiting: backlog, consumers: 1 };
        },
      },
      useCases: createUseCases({ log: killable, clock, random: createSeededRandom(2) }),
      permissionOf: () => 'safe',
      clock: { ...clock, now: () => clock.now() - setBackMs },
      ...{ logger: silentLogger, process: 'test', limits },
    });
    return { service, killed: killed.promise, isDead: () => isDead, appends: () => appends, looks: () => looks };
  }

  const stateOf = async (id: string) => (await load(replayPlanAggregate, log, id)).state;
  /** By the histories alone: how often the plan acted on each event. */
  const actsOf = (planId: string): ReadonlyMap<string, number> => {
    const acts = new Map<string, number>();
    for (const { type, stream, metadata } of log.all)
      if ((type === 'ReplayRequested' || type === 'EventDiscarded') && JSON.parse(metadata).planId === planId)
        acts.set(eventIdOfStream(stream), (acts.get(eventIdOfStream(stream)) ?? 0) + 1);
    return acts;
  };
  const stepIs = (id: string, ...steps: readonly string[]) => {
    const types = log.all.filter(({ stream }) => stream === replayPlanAggregate.streamPrefix + id);
    return steps.some((step) => types.at(-1)?.type === step);
  };

  return {
    ...{ clock, log, useCases, deadLetters, plan, start, operate, runner, work, stateOf, actsOf, stepIs, handle },
    streamOf,
    setFailing: (which: (index: number) => boolean) => {
      fails = which;
    },
    setBacklog: (waiting: number) => {
      backlog = waiting;
    },
    setClockBack: (ms: number) => {
      setBackMs = ms;
    },
  };
}
