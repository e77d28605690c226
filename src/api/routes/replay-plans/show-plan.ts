import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ReadDatabaseUnavailable } from '../../../application/failures.ts';
import { load } from '../../../application/load.ts';
import { replayPlanAggregate } from '../../../domain/replay-plan/aggregate.ts';
import type { ReplayPlanState } from '../../../domain/replay-plan/state.ts';
import { countNewMatches } from '../../../projections/dead-letters/queries.ts';
import { findPlan, type PlanView } from '../../../projections/replay-plans/queries.ts';
import type { replayPlanAnswer } from '../../answers/replay-plan.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { deadLetterFilter } from '../../intake/dead-letter-filters.ts';
import { isUuid } from '../../plugins/request-context.ts';
import type { success } from '../../problem-details.ts';

export const planIdParams = { id: z.guid() };

/** The id in the path; `null` for what can be none. */
export const planIdIn = (params: unknown): string | null => {
  const { id } = params as { readonly id: string };
  return isUuid(id) ? id.toLowerCase() : null;
};

type Answer = z.input<typeof replayPlanAnswer>;

/** `progress` is not known where the read tables are unavailable. */
export type ShownView = Omit<PlanView, 'progress'> & { readonly progress: PlanView['progress'] | null };

const isOver = ({ step }: ReplayPlanState) => step === 'aborted' || step === 'completed';

/**
 * With the matches that came after the set was frozen, where there is a filter and the plan is not over, and where the read
 * tables are available.
 */
export async function shownPlan(
  { readDatabase, clock, pauses }: Pick<RouteDependencies, 'readDatabase' | 'clock' | 'pauses'>,
  view: ShownView,
): Promise<Answer> {
  const { state, id } = view;
  const { filter, blocked } = state.requested;
  const isAsked = filter !== null && !isOver(state);
  const newMatches = isAsked
    ? await unlessUnavailable(() =>
        countNewMatches(
          readDatabase('dead-letters'),
          { filters: deadLetterFilter.parse(filter) },
          { planId: id, blockedTypes: blocked.map(({ type }) => type) },
        ),
      )
    : null;
  return { ...answerOf(view, clock.now(), pauses), newMatches };
}

async function unlessUnavailable<Found>(ask: () => Promise<Found>): Promise<Found | null> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ReadDatabaseUnavailable)) throw error;
    return null;
  }
}

/** As a list has it. */
export function answerOf(
  { id, createdAt, state, progress }: ShownView,
  now: number,
  pauses: RouteDependencies['pauses'],
): Answer {
  const { requested, start, stop } = state;
  const { action, reason, requestedBy, filter, size, setHash, counts, sample, blocked, missing } = requested;
  return {
    ...{ id, action, state: state.step, reason, requestedBy, createdAt, filter, size, setHash, counts, sample },
    ...{ blocked, missing, progress, newMatches: null },
    start: start && { ratePerSecond: start.ratePerSecond, canary: start.canary, stopWhenFailed: start.stopWhenFailed },
    secondsLeft: progress && secondsLeft(state, progress, now),
    stop: stop && {
      ...{ by: stop.by, at: stop.stoppedAt, failures: stop.failures, settled: stop.settled, failed: stop.failed },
    },
    pausedTypes: isOver(state)
      ? []
      : counts.byType.map(({ name }) => name).filter((type) => pauses.over(type).length > 0),
    steps: [...state.steps],
  };
}

/** By how fast it has gone since it was started, and never less than the rate allows. */
function secondsLeft({ step, start, requested }: ReplayPlanState, { waiting }: PlanView['progress'], now: number) {
  if (step !== 'running' || start === null) return null;
  const taken = requested.size - waiting;
  const elapsed = Math.max(0, now - Date.parse(start.requestedAt)) / 1_000;
  return Math.ceil(Math.max(waiting / start.ratePerSecond, taken === 0 ? 0 : (waiting * elapsed) / taken));
}

/**
 * From its rows, or from its history where these do not have it yet or are unavailable; then it is not known how far it is.
 * `null` where there is none. @throws {LogUnavailable} {HistoryBroken} {UndecodableTransition}
 */
export async function findReplayPlan(
  { log, readDatabase }: Pick<RouteDependencies, 'log' | 'readDatabase'>,
  id: string,
): Promise<ShownView | null> {
  const rows = await unlessUnavailable(async () => ({ found: await findPlan(readDatabase('replay-plans'), id) }));
  if (rows?.found) return rows.found;
  const { state, createdAt } = await load(replayPlanAggregate, log, id);
  if (state === null || createdAt === null) return null;
  const plan = { id, createdAt, state };
  return rows === null ? { ...plan, progress: null } : untouched(plan);
}

/** A plan of which nothing was taken. */
export const untouched = (plan: Pick<PlanView, 'id' | 'createdAt' | 'state'>): PlanView => ({
  ...plan,
  progress: { waiting: plan.state.requested.size, replayed: 0, done: 0, dead: 0, skipped: 0 },
});

export const sendPlan = (
  reply: FastifyReply,
  plan: Answer,
  status: (typeof success)[keyof typeof success],
): FastifyReply => reply.code(status).header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(plan));
