import { CommandBusUnavailable } from '../../application/failures.ts';
import { advance, type Loaded, load } from '../../application/load.ts';
import type { BackgroundService } from '../../application/ports/background-service.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { CommandBus } from '../../application/ports/command-bus.ts';
import { type EventReader, revision } from '../../application/ports/event-log.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { PlanRows } from '../../application/ports/plan-rows.ts';
import { createRepeatingReport, kindOf } from '../../application/repeating-report.ts';
import type { UseCases } from '../../application/use-cases.ts';
import type { ReplayPermission } from '../../domain/event/commands.ts';
import { replayPlanAggregate } from '../../domain/replay-plan/aggregate.ts';
import type { ReplayPlanState } from '../../domain/replay-plan/state.ts';
import { nextStep } from './plan-run.ts';

export const planRunnerLimits = {
  /** Between two looks at the plans that run; a tenth of the rate is due with each. */
  lookEveryMs: 100,
  /** The same while none runs: the rows are asked as long as the system lives. */
  lookIdleMs: 1_000,
  /** Appends that wait together are committed together. */
  membersAtOnce: 32,
  /** A plan adds nothing while more commands than this wait for a worker, so that fresh events are behind few of its own. */
  maxBacklog: 100,
  /** Of the failures that stop a plan, so many are named. */
  namedFailures: 20,
} as const;
export type PlanRunnerLimits = { readonly [Limit in keyof typeof planRunnerLimits]: number };

interface PlanRunnerOptions {
  readonly log: Pick<EventReader, 'readStream'>;
  readonly rows: PlanRows;
  readonly bus: Pick<CommandBus, 'backlog'>;
  readonly useCases: Pick<UseCases, 'operateReplayPlan' | 'actOnPlanMember'>;
  /** What the handler of an event type allows. */
  readonly permissionOf: (type: string) => ReplayPermission;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Names this process. */
  readonly process: string;
  readonly limits?: Partial<PlanRunnerLimits> | undefined;
}

/** What this process knows of a plan that runs. */
interface Run {
  plan: Loaded<ReplayPlanState>;
  /** Members that were taken: all below this number. */
  issued: number;
  isCanaryPassed: boolean;
  /** Since when members are due by the rate. */
  lastLookAt: number;
  /** Members that are due by the rate, and were not taken yet. */
  due: number;
}

const ABOUT = 'replay plans';

/**
 * Carries out the plans that run: takes their members in order, the canary first, then batch after batch, and stops a plan by its
 * own rules. All that it knows comes from the log and the rows, so that another process goes on where this one ends. What was done
 * to a member before is not done again, because its history says so.
 */
export function createPlanRunner(options: PlanRunnerOptions): BackgroundService {
  const { log, rows, bus, useCases, permissionOf, clock, logger, process } = options;
  const { lookEveryMs, lookIdleMs, membersAtOnce, maxBacklog, namedFailures } = {
    ...planRunnerLimits,
    ...options.limits,
  };
  const stopping = new AbortController();
  const { signal } = stopping;
  const report = createRepeatingReport({ logger, clock });
  const runs = new Map<string, Run>();
  const actor = { kind: 'process', process } as const;
  let unhealthyReason: string | null = null;
  let running: Promise<void> | null = null;

  /** As the log has it now: what an operator asked for a moment ago counts. */
  async function follow(planId: string): Promise<Run> {
    const known = runs.get(planId);
    if (known === undefined) {
      const plan = await load(replayPlanAggregate, log, planId);
      const issued = (await rows.firstWaiting(planId)) ?? plan.state?.requested.size ?? 0;
      // None beyond the canary is taken before it has passed.
      const isCanaryPassed = issued > (plan.state?.start?.canary.events ?? issued);
      const run = { plan, issued, isCanaryPassed, lastLookAt: clock.now(), due: 0 };
      runs.set(planId, run);
      return run;
    }
    const later = await log.readStream(replayPlanAggregate.streamPrefix + planId, revision(known.plan.revision + 1));
    known.plan = later.reduce((plan, recorded) => advance(replayPlanAggregate, plan, recorded), known.plan);
    return known;
  }

  async function record(
    planId: string,
    run: Run,
    command: Parameters<typeof useCases.operateReplayPlan>[0]['command'],
  ) {
    const result = await useCases.operateReplayPlan({ id: planId, command, context: { actor }, known: run.plan });
    run.plan = result.current;
    // An operator was faster. What was not recorded is looked at again, if the plan goes on.
    if (!result.ok) runs.delete(planId);
  }

  /** Members are taken in order; those that were left alone are recorded before the next ones are taken. */
  async function act(planId: string, run: Run, most: number): Promise<void> {
    const { requested, start } = run.plan.state ?? {};
    if (requested === undefined || start === null || start === undefined) return;
    const members = await rows.members(planId, run.issued, Math.min(most, membersAtOnce));
    if (members.length === 0) return;
    const answers = await Promise.all(
      members.map(async (member) => ({
        eventId: member.eventId,
        answer: await useCases.actOnPlanMember({
          ...{ planId, member, actor, permissionOf, action: requested.action },
          ...{ reason: requested.reason, requestedBy: start.requestedBy },
        }),
      })),
    );
    const skipped = answers.flatMap(({ eventId, answer }) => (answer.ok ? [] : [{ eventId, why: answer.why }]));
    if (skipped.length > 0) await record(planId, run, { kind: 'RecordSkipped', members: skipped });
    run.issued += members.length;
    run.due -= members.length;
  }

  async function stop(planId: string, run: Run, by: 'canary' | 'threshold', below: number): Promise<void> {
    const progress = await rows.progress(planId);
    const { count, latest } = await rows.failed(planId, below, namedFailures);
    if (progress === null) return;
    const stopped = { by, failed: [...latest], failures: count, settled: progress.done + progress.dead };
    await record(planId, run, { kind: 'RecordStopped', stop: stopped });
    if (run.plan.state?.step !== 'stopped') return;
    logger.warn({ planId, reason: by, occurrences: count }, 'a replay plan stopped itself');
  }

  async function judgeCanary(planId: string, run: Run): Promise<void> {
    const { canary } = run.plan.state?.start ?? {};
    if (canary === undefined) return;
    const { count } = await rows.failed(planId, canary.events, 1);
    if (count > canary.mayFail) return stop(planId, run, 'canary', canary.events);
    run.isCanaryPassed = true;
  }

  async function hasRoom(): Promise<boolean> {
    const { waiting } = await bus.backlog();
    return waiting < maxBacklog;
  }

  /** One look at one plan. */
  async function look(planId: string): Promise<void> {
    const run = await follow(planId);
    const { state } = run.plan;
    const progress = await rows.progress(planId);
    const now = clock.now();
    const { ratePerSecond } = state?.start ?? { ratePerSecond: 0 };
    // Nothing is saved up while a plan waits.
    const elapsedMs = Math.max(0, now - run.lastLookAt);
    run.due = Math.min(run.due + (elapsedMs / 1_000) * ratePerSecond, Math.max(1, ratePerSecond / 5));
    run.lastLookAt = now;
    if (state?.step !== 'running' || progress === null) return;
    while (!signal.aborted) {
      const step = nextStep(run.plan.state ?? state, progress, run);
      if (step.kind === 'wait') return;
      if (step.kind === 'stop') return stop(planId, run, 'threshold', state.requested.size);
      if (step.kind === 'complete') {
        const { done, dead, skipped } = progress;
        return record(planId, run, { kind: 'RecordCompleted', result: { done, dead, skipped } });
      }
      if (step.kind === 'judge-canary') {
        await judgeCanary(planId, run);
        if (!run.isCanaryPassed) return;
        continue;
      }
      const most = Math.min(step.most, Math.floor(run.due));
      if (most < 1 || !(await hasRoom())) return;
      const before = run.issued;
      await act(planId, run, most);
      // It was paused or aborted meanwhile, or there is nothing to take.
      if (run.issued === before || run.plan.state?.step !== 'running') return;
    }
  }

  /** Whether any runs. One that cannot go on keeps none of the others. @throws when it is not known which run. */
  async function lookAtAll(): Promise<boolean> {
    const ids = await rows.running();
    for (const id of runs.keys()) if (!ids.includes(id)) runs.delete(id);
    let failure: string | null = null;
    for (const id of ids) {
      if (signal.aborted) return true;
      try {
        await look(id);
      } catch (error) {
        // What is known may be half of what was done: the log and the rows say all of it.
        runs.delete(id);
        failure ??= failed(error, id);
      }
    }
    unhealthyReason = failure;
    if (failure === null) report.wentWell(ABOUT);
    return ids.length > 0;
  }

  /** @returns what is wrong. */
  function failed(error: unknown, planId: string | null): string {
    const level = error instanceof CommandBusUnavailable ? 'info' : 'warn';
    const message = 'replay plans cannot go on; it is tried again';
    const fields = { err: error, ...(planId === null ? {} : { planId }) };
    if (!signal.aborted) report.occurred({ about: ABOUT, kind: kindOf(error), level, fields, message });
    return error instanceof Error ? error.message : String(error);
  }

  async function keepLooking(): Promise<void> {
    while (!signal.aborted) {
      let isAnyRunning = false;
      try {
        isAnyRunning = await lookAtAll();
      } catch (error) {
        runs.clear();
        unhealthyReason = failed(error, null);
      }
      await clock.sleep(isAnyRunning ? lookEveryMs : lookIdleMs, signal);
    }
  }

  return {
    name: 'plan-runner',
    isDispensable: true,
    async start() {
      running = keepLooking();
    },
    async stop() {
      stopping.abort();
      await running;
    },
    unhealthyReason: () => unhealthyReason,
  };
}
