import { createBackoff } from '../application/backoff.ts';
import type { CommandContext } from '../application/command-context.ts';
import type { KnownEvent } from '../application/event-history.ts';
import { deriveUuid } from '../application/event-identity.ts';
import { heldByPause } from '../application/event-types/held-by-pause.ts';
import { noPauses, type TypePauses } from '../application/event-types/type-pauses.ts';
import { CommandBusUnavailable, OperationalFailure } from '../application/failures.ts';
import { load } from '../application/load.ts';
import { type Clock, timestamp } from '../application/ports/clock.ts';
import type { ProcessEvent } from '../application/ports/command-bus.ts';
import type { EventLog } from '../application/ports/event-log.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Random } from '../application/ports/random.ts';
import type { UseCases } from '../application/use-cases.ts';
import { eventAggregate } from '../domain/event/aggregate.ts';
import type { Claim, EventState } from '../domain/event/state.ts';
import { companyOf } from '../domain/event/suspicion.ts';
import type { Companies, Leave } from './companies.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { noHandler } from './describe-failure.ts';
import type { HandlerOutcome, HandlerRunner } from './handler-runner.ts';
import { defaultRetry } from './handlers/config-schema.ts';
import type { ConfiguredHandler, MatchHandler } from './handlers/match-handler.ts';
import { LEASE_MARGIN_MS } from './lease.ts';
import { createPayloadsInHand, type PayloadLimits, payloadLimits } from './payloads-in-hand.ts';
import { createReportOutcome, type ReportOutcome } from './report-outcomes.ts';
import { unlessAborted } from './unless-aborted.ts';
import { AttemptNotDue } from './wait-until-due.ts';

export const attemptLimits = {
  leaseMarginMs: LEASE_MARGIN_MS,
  /** An outcome that the log does not take is offered again until the lease ends: pauses that double. */
  outcomePauseMs: 200,
  longestOutcomePauseMs: 2_000,
} as const;
export type AttemptLimits = { readonly [Limit in keyof typeof attemptLimits]: number };

export interface ProcessEventDependencies {
  readonly log: Pick<EventLog, 'readStream' | 'session'>;
  readonly useCases: Pick<
    UseCases,
    'startProcessing' | 'completeProcessing' | 'failProcessing' | 'interruptProcessing'
  >;
  readonly matchHandler: MatchHandler;
  readonly runner: HandlerRunner;
  /** Which types are paused; none by default. */
  readonly pauses?: TypePauses | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Unique for each start of a process: a claim names it, so that a later process can recognise the claims of a dead one. */
  readonly worker: string;
  /** Aborts when what is in progress has to be given up: it is taken up again when its leases end. */
  readonly letGo: AbortSignal;
  /** What an event may run beside, by the outcomes of its earlier runs. */
  readonly companies: Companies;
  /** Called with how long the log took for each claim, reading the event included, whatever the outcome. */
  readonly concurrency: Pick<ConcurrencyLimit, 'claimTook' | 'standAside'>;
  /** Overrides of the defaults. */
  readonly limits?: Partial<AttemptLimits & PayloadLimits> | undefined;
}

type Surroundings = ProcessEventDependencies & { readonly reportOutcome: ReportOutcome };

interface Attempt {
  readonly eventId: string;
  /** PROCESSING, by our claim, which is the head of its history. */
  readonly event: KnownEvent;
  readonly state: EventState;
  readonly handler: ConfiguredHandler | null;
  readonly startedAt: number;
  readonly leaseEndsAt: number;
}

/**
 * Claims the attempt that a command asks for, runs its handler and records the outcome. Resolves when nothing is left
 * to do here, also when the attempt is over or another worker's.
 * @throws {AttemptNotDue} it may not start yet.
 * @throws what loading and claiming throw; then the attempt has not begun, or, if the claim's answer was lost, is left
 *   to its lease. Once the attempt is claimed, nothing is thrown.
 */
export function createProcessEvent(dependencies: ProcessEventDependencies) {
  const { log, clock, companies, concurrency, letGo, limits, pauses = noPauses } = dependencies;
  const isHeld = heldByPause(log, pauses);
  const surroundings: Surroundings = { ...dependencies, reportOutcome: createReportOutcome(dependencies) };
  const payloads = createPayloadsInHand(letGo, { ...payloadLimits, ...limits });
  return async (command: ProcessEvent): Promise<void> => {
    let tookMs: number | null = 0;
    // Counted once for each event in progress, whatever the outcome.
    const claimTook = (claimMs: number) => {
      if (tookMs !== null) concurrency.claimTook(tookMs + claimMs);
      tookMs = null;
    };
    // Waiting for room says nothing of the log.
    const read = async () => {
      const beganAt = clock.now();
      const session = log.session();
      const event = command.event ?? (await load(eventAggregate, log, command.eventId));
      tookMs = clock.now() - beganAt;
      return { ...event, session };
    };
    let giveBack = () => {};
    try {
      const taken = await payloads.take(read, ({ state }) => state?.received.payload.length ?? 0);
      giveBack = taken.giveBack;
      let known: KnownEvent | null = taken.event;
      // A process that has just begun does not know yet what is paused.
      const soon = pauses.caughtUp();
      if (soon !== null)
        await unlessAborted(soon, letGo).catch(() => {
          throw isStopping();
        });
      while (known !== null) {
        // Its row in the due work waits with it, and the sweep lets it go on.
        const type = known.state?.received.type;
        if (type !== undefined && pauses.over(type).length > 0 && (await isHeld(type))) return;
        const entered = companies.enter(companyOf(known.state ?? nothingYet));
        const mayGoOn = !(entered instanceof Promise) || (await concurrency.standAside(entered));
        const leave: Leave | null = await entered;
        if (leave === null || !mayGoOn) throw isStopping();
        known = await processOnce(surroundings, command, known, claimTook).finally(leave);
      }
    } finally {
      giveBack();
      claimTook(0);
    }
  };
}

const nothingYet = { suspicions: [] };
const isStopping = () => new CommandBusUnavailable('The worker is stopping: the command is given back');

/** One run, if the attempt is to be had. Resolves with the event when an interrupted attempt may start again at once. */
async function processOnce(
  dependencies: Surroundings,
  command: ProcessEvent,
  known: KnownEvent,
  claimTook: (tookMs: number) => void,
): Promise<KnownEvent | null> {
  const { clock } = dependencies;
  const beganAt = clock.now();
  const attempt = await claim(dependencies, command, known).finally(() => claimTook(clock.now() - beganAt));
  if (attempt === null) return null;
  const outcome = await runHandler(dependencies, attempt);
  const event = await record(dependencies, attempt, outcome);
  const dueAt = outcome.kind === 'interrupted' ? event?.state?.nextAttemptAt : null;
  return typeof dueAt === 'string' && dueAt <= timestamp(clock.now()) ? event : null;
}

async function claim(
  { log, useCases, matchHandler, clock, logger, worker, limits }: ProcessEventDependencies,
  command: ProcessEvent,
  before: KnownEvent,
): Promise<Attempt | null> {
  const { eventId, generation, attempt, traceparent } = command;
  const handler = before.state && matchHandler(before.state.received.type);
  const startedAt = clock.now();
  const leaseEndsAt = startedAt + (handler?.timeoutMs ?? 0) + (limits?.leaseMarginMs ?? LEASE_MARGIN_MS);
  const session = log.session();
  const claimed = await useCases.startProcessing(
    eventId,
    { generation, attempt, worker, now: timestamp(startedAt), leaseExpiresAt: timestamp(leaseEndsAt) },
    { actor: { kind: 'process', process: worker }, traceparent },
    before,
  );
  if (!claimed.ok) {
    if (claimed.rejection.code === 'retry-not-due') throw new AttemptNotDue(claimed.rejection.dueAt);
    logger.debug(
      { eventId, generation, attempt, ...claimed.rejection },
      'command dropped: its attempt is not to be had',
    );
    return null;
  }
  if (clock.now() >= leaseEndsAt) {
    logger.warn(
      { eventId, generation, attempt },
      'the lease ended before the claim was answered; the sweep takes over',
    );
    return null;
  }
  // The handler may run for as long as it takes to put the log back to an older state.
  const event = { ...claimed.current, session };
  return { eventId, event, state: event.state as EventState, handler, startedAt, leaseEndsAt };
}

function runHandler({ runner }: ProcessEventDependencies, attempt: Attempt): Promise<HandlerOutcome> | HandlerOutcome {
  const { eventId, event, state, handler } = attempt;
  const { createdAt, traceparent } = event;
  if (handler !== null) return runner.run({ eventId, state, receivedAt: createdAt as string, traceparent, handler });
  return { kind: 'failed', failure: noHandler(state.received.type) };
}

/**
 * Appends the outcome, unless the attempt was meanwhile taken from us: then it is dropped. An outcome that comes as the
 * worker stops is offered to the log once. Resolves with the event and its outcome, if it was recorded.
 */
async function record(
  dependencies: Surroundings,
  attempt: Attempt,
  outcome: HandlerOutcome,
): Promise<KnownEvent | null> {
  const { log, clock, logger, letGo, reportOutcome } = dependencies;
  const { eventId, leaseEndsAt } = attempt;
  const append = appendOf(dependencies, attempt, outcome);
  const { outcomePauseMs, longestOutcomePauseMs } = { ...attemptLimits, ...dependencies.limits };
  const backoff = createBackoff({ firstMs: outcomePauseMs, longestMs: longestOutcomePauseMs });
  do {
    try {
      const session = log.session();
      const recorded = await append();
      if (recorded.ok) {
        const { state } = recorded.current;
        // What was interrupted starts again, and whoever interrupted it has said so.
        const isReported = outcome.kind === 'succeeded' || outcome.kind === 'failed' || state?.status === 'DEAD';
        if (state !== null && isReported) reportOutcome(eventId, state);
        return { ...recorded.current, session };
      }
      logger.warn({ eventId, ...recorded.rejection }, 'outcome dropped: the attempt was given up before');
      return null;
    } catch (error) {
      const isWorthwhile = error instanceof OperationalFailure && error.retryable && clock.now() < leaseEndsAt;
      if (!isWorthwhile) {
        logger.error({ err: error, eventId }, 'the outcome cannot be recorded; the attempt is left to the sweep');
        return null;
      }
    }
    await clock.sleep(backoff.next(), letGo);
  } while (!letGo.aborted);
  return null;
}

/** The append of one outcome. Called again, it offers the same transitions, to the byte, under the same ids. */
function appendOf(
  { useCases, clock, random, worker }: ProcessEventDependencies,
  { eventId, event, state, handler, startedAt }: Attempt,
  outcome: HandlerOutcome,
): () => ReturnType<UseCases['completeProcessing']> {
  const endedAt = clock.now();
  const run = { generation: state.generation, attempt: state.attempts, claim: state.claim as Claim };
  const durationMs = Math.max(0, Math.round(endedAt - startedAt));
  const context: CommandContext = {
    actor: { kind: 'process', process: worker },
    // From the claim, so that the log knows an outcome that is offered again.
    transitionId: (type) => deriveUuid(event.headId as string, type),
  };
  const now = timestamp(endedAt);
  const next = { policy: handler?.retry ?? defaultRetry, now, jitter: random.fraction() };
  switch (outcome.kind) {
    case 'succeeded': {
      const { pattern, version } = handler as ConfiguredHandler;
      const succeeded = { ...run, now, durationMs, handler: pattern, handlerVersion: version, result: outcome.result };
      return () => useCases.completeProcessing(eventId, succeeded, context, event);
    }
    case 'failed': {
      const ran = handler === null ? { handler } : { handler: handler.pattern, handlerVersion: handler.version };
      const policy = handler?.retryOn?.get(outcome.failure.class) ?? next.policy;
      const failed = { ...run, ...next, policy, durationMs, ...ran, failure: outcome.failure };
      return () => useCases.failProcessing(eventId, failed, context, event);
    }
    case 'interrupted':
      return () => useCases.interruptProcessing(eventId, { ...run, ...next, cause: 'process-ended' }, context, event);
    case 'abandoned':
      return () => useCases.interruptProcessing(eventId, { ...run, ...next, cause: 'stopping' }, context, event);
  }
}
