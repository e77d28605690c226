import { deriveUuid, streamOf } from '../application/event-identity.ts';
import { OperationalFailure } from '../application/failures.ts';
import type { CommandContext, CommandResult } from '../application/handle-command.ts';
import { type LoadedEvent, loadEvent } from '../application/load-event.ts';
import type { Chance } from '../application/ports/chance.ts';
import { type Clock, timestamp } from '../application/ports/clock.ts';
import type { ProcessEvent } from '../application/ports/command-bus.ts';
import type { EventReader } from '../application/ports/event-log.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { UseCases } from '../application/use-cases.ts';
import type { Claim, EventState } from '../domain/event/state.ts';
import { failure } from './describe-failure.ts';
import type { HandlerOutcome, HandlerRunner } from './handler-runner.ts';
import { defaultRetry } from './handlers/config-schema.ts';
import type { ConfiguredHandler, MatchHandler } from './handlers/match-handler.ts';
import { createPayloadsInHand, type PayloadLimits, payloadLimits } from './payloads-in-hand.ts';
import { AttemptNotDue } from './wait-until-due.ts';

/**
 * A claim is believed for the handler's deadline and this much longer: time to append the claim and the outcome. Longer
 * means that a dead worker's events wait longer; shorter, that a slow append costs an attempt.
 */
export const LEASE_MARGIN_MS = 10_000;

export const attemptLimits = {
  leaseMarginMs: LEASE_MARGIN_MS,
  /** An outcome that the log does not take is offered again until the lease ends: pauses that double. */
  outcomePauseMs: 200,
  longestOutcomePauseMs: 2_000,
} as const;
export type AttemptLimits = { readonly [Limit in keyof typeof attemptLimits]: number };

export interface ProcessEventDependencies {
  readonly log: Pick<EventReader, 'readStream'>;
  readonly useCases: Pick<UseCases, 'startProcessing' | 'completeProcessing' | 'failProcessing'>;
  readonly matchHandler: MatchHandler;
  readonly runner: HandlerRunner;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Logger;
  /** Unique for each start of a process: a claim names it, so that a later process can tell the claims of a dead one. */
  readonly worker: string;
  /** Aborts when what is in hand has to be let go: its leases see to the rest. */
  readonly letGo: AbortSignal;
  /** Called with how long the log took for a claim, reading the event included, whatever came of it. */
  readonly claimTook: (tookMs: number) => void;
  /** Others than the usual ones. */
  readonly limits?: Partial<AttemptLimits & PayloadLimits> | undefined;
}

type Ended = Exclude<HandlerOutcome, { kind: 'abandoned' }>;

interface Attempt {
  readonly eventId: string;
  /** PROCESSING, by our claim, which is the head of its history. */
  readonly event: LoadedEvent;
  readonly state: EventState;
  readonly handler: ConfiguredHandler | null;
  readonly startedAt: number;
  readonly leaseEndsAt: number;
}

/**
 * Claims the attempt that a command asks for, runs its handler and records the outcome. Resolves when nothing is left
 * to do here, also when the attempt is over or somebody else's.
 * @throws {AttemptNotDue} it may not start yet. @throws what loading and claiming throw; then the attempt has not begun, or, if the claim's answer was lost, is left
 *   to its lease. Once the attempt is claimed, nothing is thrown.
 */
export function createProcessEvent(dependencies: ProcessEventDependencies) {
  const { log, clock, claimTook, letGo, limits } = dependencies;
  const payloads = createPayloadsInHand(letGo, { ...payloadLimits, ...limits });
  const process = async (command: ProcessEvent, before: LoadedEvent, beganAt: number): Promise<void> => {
    const attempt = await claim(dependencies, command, before).finally(() => claimTook(clock.now() - beganAt));
    if (attempt === null) return;
    const outcome = await run(dependencies, attempt);
    if (outcome.kind !== 'abandoned') await record(dependencies, attempt, outcome);
  };
  return async (command: ProcessEvent): Promise<void> => {
    let readMs = 0;
    const read = async () => {
      const startedAt = clock.now();
      const event = command.event ?? (await loadEvent(log, streamOf(command.eventId)));
      readMs = clock.now() - startedAt;
      return event;
    };
    const { event, giveBack } = await payloads.take(read, ({ state }) => state?.received.payload.length ?? 0);
    // Waiting for room says nothing of the log.
    await process(command, event, clock.now() - readMs).finally(giveBack);
  };
}

async function claim(
  { useCases, matchHandler, clock, logger, worker, limits }: ProcessEventDependencies,
  command: ProcessEvent,
  before: LoadedEvent,
): Promise<Attempt | null> {
  const { eventId, generation, attempt } = command;
  const handler = before.state && matchHandler(before.state.received.type);
  const startedAt = clock.now();
  const leaseEndsAt = startedAt + (handler?.timeoutMs ?? 0) + (limits?.leaseMarginMs ?? LEASE_MARGIN_MS);
  const claimed = await useCases.startProcessing(
    eventId,
    { generation, attempt, worker, now: timestamp(startedAt), leaseExpiresAt: timestamp(leaseEndsAt) },
    { actor: { kind: 'process', process: worker } },
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
  const { event } = claimed;
  return { eventId, event, state: event.state as EventState, handler, startedAt, leaseEndsAt };
}

function run({ runner }: ProcessEventDependencies, attempt: Attempt): Promise<HandlerOutcome> | HandlerOutcome {
  const { eventId, event, state, handler } = attempt;
  if (handler !== null) return runner.run({ eventId, state, receivedAt: event.receivedAt as string, handler });
  return {
    kind: 'failed',
    failure: failure('NoHandler', `No handler is configured for ${state.received.type}`, false),
  };
}

/** Appends the outcome, unless the attempt was meanwhile taken from us: then it is dropped. */
async function record(dependencies: ProcessEventDependencies, attempt: Attempt, outcome: Ended): Promise<void> {
  const { clock, logger, letGo } = dependencies;
  const { eventId, leaseEndsAt } = attempt;
  const append = appendOf(dependencies, attempt, outcome);
  const { outcomePauseMs, longestOutcomePauseMs } = { ...attemptLimits, ...dependencies.limits };
  let delayMs = outcomePauseMs;
  while (!letGo.aborted) {
    try {
      const recorded = await append();
      if (!recorded.ok)
        logger.warn({ eventId, ...recorded.rejection }, 'outcome dropped: the attempt was given up before');
      return;
    } catch (error) {
      const isWorthwhile = error instanceof OperationalFailure && error.retryable && clock.now() < leaseEndsAt;
      if (!isWorthwhile) {
        logger.error({ err: error, eventId }, 'the outcome cannot be recorded; the attempt is left to the sweep');
        return;
      }
    }
    await clock.sleep(delayMs, letGo);
    delayMs = Math.min(delayMs * 2, longestOutcomePauseMs);
  }
}

/** The append of one outcome. Called again, it offers the same transitions under the same ids. */
function appendOf(
  { useCases, clock, chance, worker }: ProcessEventDependencies,
  { eventId, event, state, handler, startedAt }: Attempt,
  outcome: Ended,
): () => Promise<CommandResult> {
  const endedAt = clock.now();
  const ended = {
    generation: state.generation,
    attempt: state.attempts,
    claim: state.claim as Claim,
    durationMs: Math.max(0, Math.round(endedAt - startedAt)),
  };
  const context: CommandContext = {
    actor: { kind: 'process', process: worker },
    // From the claim, so that the log knows an outcome that is offered again.
    transitionId: (type) => deriveUuid(event.headId as string, type),
  };
  if (outcome.kind === 'succeeded') {
    const { pattern, version } = handler as ConfiguredHandler;
    const succeeded = { ...ended, handler: pattern, handlerVersion: version, result: outcome.result };
    return () => useCases.completeProcessing(eventId, succeeded, context, event);
  }
  const failed = {
    ...ended,
    handler: handler?.pattern ?? null,
    failure: outcome.failure,
    policy: handler?.retry ?? defaultRetry,
    now: timestamp(endedAt),
    jitter: chance.fraction(),
  };
  return () => useCases.failProcessing(eventId, failed, context, event);
}
