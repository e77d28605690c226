import type { EventCommand } from '../domain/event/commands.ts';
import { decide } from '../domain/event/decide.ts';
import type { Rejection } from '../domain/event/rejections.ts';
import { evolve } from '../domain/event/state.ts';
import type { Transition, TransitionType } from '../domain/event/transitions.ts';
import { type Actor, SCHEMA_VERSION, seal } from './envelope.ts';
import { streamOf } from './event-identity.ts';
import { AppendRefused, ConcurrencyConflict, LogDamaged, LogUnavailable } from './failures.ts';
import { advance, type LoadedEvent, unheardOf } from './load-event.ts';
import type { Chance } from './ports/chance.ts';
import { type Clock, timestamp } from './ports/clock.ts';
import {
  type AppendOutcome,
  type AppendRequest,
  type EventLog,
  type ProposedTransition,
  revision,
} from './ports/event-log.ts';
import { readHistory } from './read-history.ts';

export interface CommandContext {
  readonly actor: Actor;
  /** What led to the command; the head of the event's history by default. */
  readonly causationId?: string;
  readonly requestId?: string;
  readonly traceparent?: string;
  /** The id of a transition that the command leads to; fresh by default. Read event-log.ts before giving one. */
  readonly transitionId?: (type: TransitionType) => string;
}

export type CommandResult =
  /** `changed` is false when what was asked for was already so. */
  | { readonly ok: true; readonly changed: boolean; readonly event: LoadedEvent }
  | { readonly ok: false; readonly rejection: Rejection; readonly event: LoadedEvent };

export interface CommandDependencies {
  readonly log: Pick<EventLog, 'append' | 'readStream'>;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Others than the usual ones. */
  readonly limits?: Partial<CommandLimits> | undefined;
}

export const commandLimits = {
  /** How often a command is decided again because another appended first. Real histories meet one or two. */
  repeatedDecisions: 4,
  /**
   * An append without an answer is sent again, unchanged, this often, but not after so long: the adapter's deadline
   * bounds each, and all of them together have to end before clients stop waiting, which is after 30 s as a rule.
   */
  maxRetries: 4,
  lastRetryAfterMs: 10_000,
  /** Before the first of them; each further pause is three times as long. */
  firstPauseMs: 50,
} as const;
export type CommandLimits = { readonly [Limit in keyof typeof commandLimits]: number };

/**
 * Load, decide, append at the expected revision.
 *
 * @param known the event as the caller already knows it, to spare the read. Stale knowledge costs a conflict and a
 *   read, never a wrong append.
 * @throws {LogUnavailable} written or not is unknown, or certainly not written; doing the same again is safe.
 * @throws {AppendRefused} @throws {ConcurrencyConflict} @throws {HistoryBroken} nothing was written.
 */
export async function handleCommand(
  { log, clock, chance, limits }: CommandDependencies,
  eventId: string,
  command: EventCommand,
  context: CommandContext,
  known?: LoadedEvent,
): Promise<CommandResult> {
  const stream = streamOf(eventId);
  const bounds = { ...commandLimits, ...limits };
  let { event, ids } = known === undefined ? await load(log, stream) : { event: known, ids: noIds };
  for (let decisions = 0; decisions <= bounds.repeatedDecisions; decisions++) {
    const decision = decide(event.state, command);
    if (!decision.ok) return { ok: false, rejection: decision.rejection, event };
    if (decision.transitions.length === 0) return { ok: true, changed: false, event };
    if (isThere(decision.transitions, context, ids)) return { ok: true, changed: false, event };
    const decidedAt = clock.now();
    // A command that reckons with a time is recorded at that time: offered again, it leads to the same, to the byte.
    const recordedAt = 'now' in command ? command.now : timestamp(decidedAt);
    const sealed = sealAll(stream, event, decision.transitions, context, recordedAt, chance);
    const expectedRevision = event.revision < 0 ? 'no-stream' : revision(event.revision);
    const request = { stream, expectedRevision, transitions: sealed.transitions } as const;
    const outcome = await appendUntilKnown(log, { clock, ...bounds }, request, decidedAt);
    if (outcome.kind === 'appended') return { ok: true, changed: true, event: sealed.event };
    ({ event, ids } = await load(log, stream));
  }
  throw new ConcurrencyConflict(
    `Event ${eventId} was changed by others ${bounds.repeatedDecisions + 1} times while ${command.kind} was decided; try again`,
  );
}

const noIds: ReadonlySet<string> = new Set();

async function load(log: CommandDependencies['log'], stream: string) {
  const history = await readHistory(log, stream);
  return { event: history.reduce(advance, unheardOf), ids: new Set(history.map(({ id }) => id)) };
}

/** Whether what is to be appended under an id of the caller's own is in the history by now: it was asked for before. */
const isThere = (transitions: readonly Transition[], { transitionId }: CommandContext, ids: ReadonlySet<string>) =>
  transitionId !== undefined && transitions.some(({ type }) => ids.has(transitionId(type)));

function sealAll(
  stream: string,
  event: LoadedEvent,
  transitions: readonly Transition[],
  { actor, causationId, requestId, traceparent, transitionId }: CommandContext,
  recordedAt: string,
  chance: Chance,
): { readonly transitions: readonly ProposedTransition[]; readonly event: LoadedEvent } {
  const sealed: ProposedTransition[] = [];
  let after = event;
  for (const transition of transitions) {
    const id = transitionId?.(transition.type) ?? chance.uuid();
    const next = seal(transition, {
      actor,
      causationId: causationId ?? event.headId ?? requestId ?? id,
      correlationId: stream,
      id,
      prevHash: after.headHash,
      recordedAt,
      ...(requestId === undefined ? {} : { requestId }),
      revision: after.revision + 1,
      schemaVersion: SCHEMA_VERSION,
      stream,
      ...(traceparent === undefined ? {} : { traceparent }),
      type: transition.type,
    });
    sealed.push(next);
    after = {
      state: evolve(after.state, transition),
      revision: after.revision + 1,
      headId: id,
      headHash: next.hash,
      receivedAt: after.receivedAt ?? recordedAt,
    };
  }
  return { transitions: sealed, event: after };
}

/** A certain answer, or a typed failure: `unknown` is resolved here by sending the identical request again. */
async function appendUntilKnown(
  log: Pick<EventLog, 'append'>,
  { clock, maxRetries, firstPauseMs, lastRetryAfterMs }: { readonly clock: Clock } & CommandLimits,
  request: AppendRequest,
  firstAt: number,
): Promise<Extract<AppendOutcome, { kind: 'appended' | 'conflict' }>> {
  let delayMs = firstPauseMs;
  for (let retries = 0; ; retries++) {
    const outcome = await log.append(request);
    if (outcome.kind === 'appended' || outcome.kind === 'conflict') return outcome;
    const message = outcome.kind === 'refused' ? outcome.refusal.message : outcome.message;
    if (outcome.kind === 'refused' && outcome.refusal.code === 'damaged') throw new LogDamaged(message);
    if (outcome.kind === 'refused' && outcome.refusal.code !== 'unavailable')
      throw new AppendRefused(`${outcome.refusal.code}: ${message}`);
    // That a repeat is refused says nothing about what was sent before it.
    if (outcome.kind === 'refused' && retries === 0) throw new LogUnavailable(message);
    if (retries === maxRetries || clock.now() - firstAt >= lastRetryAfterMs)
      throw new LogUnavailable(
        `No certain answer to an append to ${request.stream} after ${retries} retries: ${message}`,
      );
    await clock.sleep(delayMs);
    delayMs *= 3;
  }
}
