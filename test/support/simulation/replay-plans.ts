import { LogUnavailable, ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import { handleCommand } from '../../../src/application/handle-command.ts';
import { load } from '../../../src/application/load.ts';
import { timestamp } from '../../../src/application/ports/clock.ts';
import type { AppendRequest, EventLog, RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { PlanRows } from '../../../src/application/ports/plan-rows.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { whileLeased } from '../../../src/application/while-leased.ts';
import { eventAggregate } from '../../../src/domain/event/aggregate.ts';
import type { EventCommand } from '../../../src/domain/event/commands.ts';
import { replayPlanAggregate } from '../../../src/domain/replay-plan/aggregate.ts';
import type { PlanAction } from '../../../src/domain/replay-plan/transitions.ts';
import { createPlanRunner } from '../../../src/worker/replay-plans/plan-runner.ts';
import { failure, policy, request } from '../domain/transitions.ts';
import { createInMemoryLog } from '../in-memory-log.ts';
import { rowsOf } from '../worker/plan-rows.ts';
import { byClient } from '../worker/posting.ts';
import { choosing, createSeededRandom } from '../worker/seeded-random.ts';
import { silentLogger } from '../worker/silent-logger.ts';
import { createLeases } from './leases.ts';
import { Life } from './life.ts';
import { type Carrier, createPlansJudge, isOverThreshold, type JudgedPlan, newCarrier } from './replay-plans-judge.ts';
import { createSimulatedTime } from './time.ts';

const STEPS = 60;
const MOST_MEMBERS = 30;
/** In which every plan has to come to its end, once nothing fails any more and operators resume what stopped. */
const PEACE_MS = 900_000;

export interface PlansOutcome {
  readonly breaches: readonly string[];
  readonly happened: ReadonlySet<string>;
}

/**
 * Operators freeze, start, pause, resume and abort plans at random, while processes that carry them out are killed, frozen and
 * replaced, calls fail or are not answered, rows are behind, members fail again and events are changed by others.
 */
export async function liveReplayPlans(seed: number): Promise<PlansOutcome> {
  const random = createSeededRandom(seed);
  const { below, pick } = choosing(random);
  const time = createSimulatedTime();
  const stored = createInMemoryLog('simulated');
  const breaches = new Set<string>();
  const happened = new Set<string>();
  const judge = createPlansJudge((breach) => breaches.add(breach));
  const failureShare = pick([0, 0.01, 0.05]);
  const mostBehind = pick([0, 3, 20]);
  let isWar = true;
  let shareOfDead = 0.1;

  let judged = 0;
  /** Whoever appends, it is looked at before anything else happens. */
  const appending = (carrier: Carrier | null) => (asked: AppendRequest) => {
    const outcome = stored.append(asked);
    for (; judged < stored.all.length; judged++) {
      const recorded = stored.all[judged] as RecordedTransition;
      judge.take(recorded, carrier);
      happened.add(recorded.type);
      if (recorded.type === 'ReplayPlanStopped') happened.add(`stopped by ${JSON.parse(recorded.data).by}`);
      if (recorded.type === 'ReplayRequested') void work(recorded.stream.slice('event-'.length));
    }
    return outcome;
  };
  const log: EventLog = { ...stored, append: appending(null) };
  const people = createUseCases({ log, clock: time, random });

  const contained: RecordedTransition[] = [];
  /** Knows what the rows know. */
  const rowsJudge = createPlansJudge(() => {});
  const tables = rowsOf({ all: contained }, () => 0);
  function follow(): void {
    const to = stored.all.length - (isWar ? below(mostBehind + 1) : 0);
    for (const recorded of stored.all.slice(contained.length, Math.max(to, contained.length))) {
      contained.push(recorded);
      rowsJudge.take(recorded, null);
    }
  }

  const handle = (id: string, command: EventCommand) =>
    handleCommand(eventAggregate, { log, clock: time, random }, { id, command, context: byClient });
  let underWay = 0;
  /** One attempt, by a worker without faults: those are in the simulation of the roles. */
  async function attempt(id: string, generation: number, isDead: boolean): Promise<void> {
    const claim = { worker: 'w', leaseExpiresAt: '2099-01-01T00:00:00.000Z' };
    const run = { generation, attempt: 1 };
    const started = await handle(id, {
      ...{ kind: 'StartProcessing', ...run, ...claim, now: timestamp(time.now()) },
    });
    if (!started.ok) return;
    if (generation > 0) await time.sleep(below(500));
    const outcome = {
      ...{ ...run, claim, now: timestamp(time.now()), durationMs: 1, handler: 'order.placed', handlerVersion: '1' },
    };
    const failed = { ...failure, retryable: false };
    if (isDead) await handle(id, { kind: 'FailProcessing', ...outcome, policy, jitter: 0, failure: failed });
    else await handle(id, { kind: 'CompleteProcessing', ...outcome, result: null });
  }
  async function work(id: string): Promise<void> {
    underWay += 1;
    await time.sleep(below(300));
    const { state } = await load(eventAggregate, log, id);
    if (state?.status === 'RECEIVED') await attempt(id, state.generation, random.fraction() < shareOfDead);
    underWay -= 1;
  }

  /** One call of a process to log, rows or leases: it takes a moment, and may fail, or have an effect that is not answered. */
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

  function logOf(life: Life, carrier: Carrier): EventLog {
    const call = calling(life, (message) => new LogUnavailable(message));
    /** Of a plan's stream, to which transition it knows it from now on. */
    const knows = (stream: string, transitions: number) => {
      const planId = stream.slice(replayPlanAggregate.streamPrefix.length);
      if (stream.startsWith(replayPlanAggregate.streamPrefix))
        carrier.seen.set(planId, Math.max(carrier.seen.get(planId) ?? 0, transitions));
    };
    return {
      ...log,
      append: async (asked) => {
        const answer = await call(appending(carrier))(asked).catch((error: Error) => ({
          ...{ kind: 'unknown' as const, message: error.message },
        }));
        if (answer.kind === 'appended') knows(asked.stream, Number(answer.lastRevision) + 1);
        return answer;
      },
      readStream: async (stream, from) => {
        const read = await call(log.readStream)(stream, from);
        knows(stream, Number(from ?? 0n) + read.length);
        return read;
      },
    };
  }

  function rowsFor(life: Life, carrier: Carrier): PlanRows {
    const call = calling(life, (message) => new ReadDatabaseUnavailable(message));
    const current = <Given extends readonly unknown[], Result>(act: (...given: Given) => Result) =>
      call((...given: Given) => {
        follow();
        return act(...given);
      });
    return {
      running: () => {
        carrier.lookedFrom = stored.all.length;
        return current(tables.running)();
      },
      firstWaiting: current(tables.firstWaiting),
      members: current(tables.members),
      failed: current(tables.failed),
      progress: async (planId) => {
        let isTooMany = false;
        const progress = await call((id: string) => {
          follow();
          const forgiven = judge.plans.get(id)?.forgivenAfter[(carrier.seen.get(id) ?? 0) - 1];
          const plan = rowsJudge.plans.get(id);
          isTooMany = plan !== undefined && isOverThreshold(plan, { forgiven: forgiven ?? plan.forgiven });
          return tables.progress(id);
        })(planId);
        if (isTooMany) carrier.sawTooMany.add(planId);
        else carrier.sawTooMany.delete(planId);
        return progress;
      },
    };
  }

  const leases = createLeases(() => time.now());
  const membersAtOnce = pick([1, 2, 3, 8]);
  const maxBacklog = pick([1, 3, 100]);
  let begun = 0;
  function begin(): Life {
    const number = begun++;
    const life = new Life('dispatcher-0', time, createSeededRandom(seed * 1_000 + number));
    const carrier = newCarrier(membersAtOnce);
    const ownLog = logOf(life, carrier);
    const call = calling(life, (message) => new ReadDatabaseUnavailable(message));
    const place = { clock: life.clock, logger: silentLogger };
    const service = whileLeased({
      leases: { acquire: call(leases.acquire), renew: call(leases.renew), release: call(leases.release) },
      ...{ name: 'plan-runner', owner: String(number), ...place },
      begin: () =>
        createPlanRunner({
          ...{ log: ownLog, rows: rowsFor(life, carrier), ...place, process: `process ${number}` },
          bus: { backlog: call(async () => ({ waiting: underWay, consumers: 1 })) },
          useCases: createUseCases({ log: ownLog, clock: life.clock, random: life.random }),
          permissionOf: () => 'safe',
          limits: { membersAtOnce, maxBacklog },
        }),
    });
    void service.start();
    return life;
  }

  const events: string[] = [];
  const deadAmong = async (ids: readonly string[]) => {
    const members: JudgedPlan['members'] = [];
    for (const eventId of ids) {
      const { revision, state } = await load(eventAggregate, log, eventId);
      if (state?.status === 'DEAD') members.push({ eventId, generation: state.generation, revision });
    }
    return members;
  };
  const stepOf = async (id: string) => (await load(replayPlanAggregate, log, id)).state?.step;
  /** Plans that were started, and are not over. */
  const begunPlans = () =>
    [...judge.plans.values()].filter(
      ({ start, types }) =>
        start !== null && !['ReplayPlanCompleted', 'ReplayPlanAborted'].includes(types.at(-1) ?? ''),
    );
  const anyPlan = () => pick(random.fraction() < 0.8 ? begunPlans() : [...judge.plans.values()])?.id;
  const operate = async (kind: 'PausePlan' | 'ResumePlan' | 'AbortPlan', id = anyPlan()) => {
    if (id === undefined) return;
    const command = { kind, reason: 'because', requestedBy: 'alice' };
    await people.operateReplayPlan({ id, command, context: byClient });
  };
  const asked = (eventId: string) => ({
    ...{ eventId, clientId: request.clientId, requestedBy: 'bob', reason: 'because', key: null, context: byClient },
  });

  const processes = [begin(), begin()];
  const acts: Readonly<Record<string, () => unknown>> = {
    'events die': async () => {
      for (let count = 1 + below(20); count > 0; count--) {
        const id = random.uuid();
        events.push(id);
        await handle(id, { kind: 'ReceiveEvent', event: { ...request, idempotencyKey: id } });
        await attempt(id, 0, true);
      }
    },
    freeze: async () => {
      const members = (await deadAmong(events)).filter(() => random.fraction() < 0.8).slice(-1 - below(MOST_MEMBERS));
      const counts = { byAge: [], byGroup: [], byReplays: [], byType: [] };
      const action: PlanAction = random.fraction() < 0.15 ? 'discard' : 'replay';
      const plan = { action, blocked: [], counts, filter: null, missing: [], reason: 'because' };
      await people.requestReplayPlan({
        ...{ plan, members, mostEvents: 1_000, requestedBy: 'alice', context: byClient },
      });
    },
    start: async () => {
      const frozen = [...judge.plans.values()].filter(({ types }) => types.at(-1) === 'ReplayPlanFrozen');
      const plan = pick(frozen);
      if (plan === undefined) return;
      let overlap: { planId: string; events: number } | null = null;
      for (const other of judge.plans.values()) {
        const shared = plan.members.filter(({ eventId }) => other.numbers.has(eventId)).length;
        const isUnderWay = ['running', 'paused', 'stopped'].includes((await stepOf(other.id)) ?? '');
        if (shared > 0 && isUnderWay) overlap = { planId: other.id, events: shared };
      }
      const still = await deadAmong(plan.members.map(({ eventId }) => eventId));
      const left = still.filter(({ eventId, revision }) =>
        plan.members.some((member) => member.eventId === eventId && member.revision === revision),
      ).length;
      const start = {
        ratePerSecond: pick([5, 20, 100, 400]),
        canary: { events: below(5), mayFail: below(2) },
        stopWhenFailed: { atLeast: 1 + below(5), share: pick([0, 0.2, 0.5]) },
      };
      const command = { kind: 'StartPlan', start, left, overlap, requestedBy: 'alice' } as const;
      const { ok } = await people.operateReplayPlan({ id: plan.id, command, context: byClient });
      if (!ok) happened.add('a start is refused');
    },
    pause: () => operate('PausePlan'),
    resume: () => operate('ResumePlan'),
    abort: () => (random.fraction() < 0.3 ? operate('AbortPlan') : undefined),
    kill: () => {
      const index = below(2);
      processes[index]?.kill();
      processes[index] = begin();
    },
    'take over': () => pick(processes).freeze(below(15_000)),
    'downstream changes': () => void (shareOfDead = pick([0, 0.1, 0.5, 1])),
    meddle: async () => {
      for (const { eventId } of (await deadAmong(events)).filter(() => random.fraction() < 0.1))
        if (random.fraction() < 0.7) await people.replayEvent({ ...asked(eventId), permissionOf: () => 'safe' });
        else await people.discardEvent(asked(eventId));
    },
  };
  const often = ['events die', 'events die', 'freeze', 'freeze', 'start', 'start', 'start', 'resume', 'resume'];
  const rare = ['pause', 'pause', 'abort', 'kill', 'take over', 'downstream changes', 'meddle'];
  for (let step = 0; step < STEPS; step++) {
    const name = pick(random.fraction() < 0.6 ? often : rare);
    happened.add(name);
    const acted = Promise.resolve(acts[name]?.());
    let isDone = false;
    void acted.then(() => {
      isDone = true;
    });
    await time.runUntil(() => isDone, time.passed() + 1_000);
    await time.runUntil(() => false, time.passed() + below(pick([5, 200, 3_000])));
  }
  isWar = false;
  await comesToRest();
  for (const life of processes) life.kill();
  return { breaches: [...breaches], happened };

  /** Every plan that was started and not aborted is completed, however often it has to be resumed. */
  async function comesToRest(): Promise<void> {
    shareOfDead = 0.1;
    for (const end = time.passed() + PEACE_MS; time.passed() < end; ) {
      if (await time.runUntil(() => begunPlans().length === 0, time.passed() + 3_000)) return;
      for (const { id } of begunPlans()) await operate('ResumePlan', id);
    }
    breaches.add(
      `in the end a plan is not done: ${begunPlans()
        .map(({ types }) => types.at(-1))
        .join(', ')}`,
    );
  }
}
