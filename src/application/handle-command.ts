import type { Aggregate, AnyAggregate, AnyCommand, AnyTransition, Decision } from '../domain/aggregate.ts';
import { appendLimits, appendUntilKnown } from './append-until-known.ts';
import type { CommandContext } from './command-context.ts';
import { ConcurrencyConflict } from './failures.ts';
import { foldHistory, type Loaded } from './load.ts';
import { type Clock, timestamp } from './ports/clock.ts';
import { type EventLog, type RecordedTransition, revision } from './ports/event-log.ts';
import type { Random } from './ports/random.ts';
import { readHistory } from './read-history.ts';
import { sealAll } from './seal-all.ts';
import type { SealedTransition, StoredTransition } from './sealed-transition.ts';

export interface CommandRequest<State, Command, Rejection> {
  readonly id: string;
  readonly command: Command;
  readonly context: CommandContext;
  /** What the caller knows already, to spare the read. Stale knowledge costs a conflict and a read, never a wrong append. */
  readonly known?: Loaded<State> | undefined;
  /** What the caller has read already, with the same effect. */
  readonly history?: readonly RecordedTransition[];
  /** The log's session in which that was so; the current one by default. */
  readonly session?: number | undefined;
  /** Asked of each history, before anything is decided: what follows for a command that it has been given before, else `null`. */
  readonly earlier?: (history: readonly RecordedTransition[]) => Decision<never, Rejection> | null;
}

interface Outcome<State> {
  readonly id: string;
  /** As it is after the command. */
  readonly current: Loaded<State>;
  /** All of it, with what the command led to; `null` when the caller knew enough, so that none was read. */
  readonly history: readonly StoredTransition[] | null;
}

export type CommandResult<State, Rejection> =
  /** `changed` is false when what was asked for was already so. */
  | (Outcome<State> & { readonly ok: true; readonly changed: boolean })
  | (Outcome<State> & { readonly ok: false; readonly rejection: Rejection });

export interface CommandDependencies {
  readonly log: Pick<EventLog, 'append' | 'readStream' | 'session'>;
  readonly clock: Clock;
  readonly random: Random;
  /** Overrides of the defaults. */
  readonly limits?: Partial<CommandLimits> | undefined;
}

export const commandLimits = {
  /** How often a command is decided again because another appended first. Real histories meet one or two. */
  repeatedDecisions: 4,
  ...appendLimits,
} as const;
export type CommandLimits = { readonly [Limit in keyof typeof commandLimits]: number };

/**
 * Load, decide, append at the expected revision.
 * @throws {LogUnavailable} written or not is unknown, or certainly not written; doing the same again is safe.
 * @throws {AppendRefused} @throws {ConcurrencyConflict} @throws {HistoryBroken} nothing was written.
 */
export async function handleCommand<State, Command extends AnyCommand, Transition extends AnyTransition, Rejection>(
  aggregate: Aggregate<State, Command, Transition, Rejection>,
  { log, clock, random, limits }: CommandDependencies,
  { id, command, context, known, history: given, session: knownIn, earlier }: CommandRequest<State, Command, Rejection>,
): Promise<CommandResult<State, Rejection>> {
  const stream = aggregate.streamPrefix + id;
  const bounds = { ...commandLimits, ...limits };
  const read = async () => readHistory(log, stream);
  let session = knownIn ?? log.session();
  let history = known === undefined ? (given ?? (await read())) : null;
  let current = known ?? foldHistory(aggregate, history ?? []);
  for (let decisions = 0; decisions <= bounds.repeatedDecisions; decisions++) {
    // What is there already is asked for first: by now the state may refuse what it once allowed.
    const decision =
      (history && (earlier?.(history) ?? isThere(aggregate, context, history))) ??
      aggregate.decide(current.state, command);
    if (!decision.ok) return { ok: false, id, rejection: decision.rejection, current, history };
    if (decision.transitions.length === 0) return { ok: true, changed: false, id, current, history };
    const decidedAt = clock.now();
    const recordedAt = command.now ?? timestamp(decidedAt);
    const sealed = sealAll(aggregate, { stream, current, context, recordedAt, random }, decision.transitions);
    const expectedRevision = current.revision < 0 ? 'no-stream' : revision(current.revision);
    const request = { stream, expectedRevision, transitions: sealed.transitions } as const;
    const base = { headId: current.headId, session };
    const outcome = await appendUntilKnown(log, { clock, ...bounds }, request, base, decidedAt);
    if (outcome.kind === 'appended')
      return {
        ok: true,
        changed: true,
        id,
        current: sealed.current,
        history: history && [...history, ...stored(sealed)],
      };
    session = log.session();
    history = await read();
    current = foldHistory(aggregate, history);
  }
  throw new ConcurrencyConflict(
    `The ${aggregate.name} ${id} was changed by others ${bounds.repeatedDecisions + 1} times while a command for it was decided; try again`,
  );
}

const nothingToDo = { ok: true, transitions: [] } as const;

/** Under an id of the caller's own: it was asked for before. */
function isThere(
  { schemas }: Pick<AnyAggregate, 'schemas'>,
  { transitionId }: CommandContext,
  history: readonly StoredTransition[],
) {
  if (transitionId === undefined) return null;
  const ids = new Set(Object.keys(schemas).map(transitionId));
  return history.some(({ id }) => ids.has(id)) ? nothingToDo : null;
}

const stored = ({ transitions }: { readonly transitions: readonly SealedTransition[] }): readonly StoredTransition[] =>
  transitions.map((sealed) => ({ ...sealed, revision: revision(sealed.revision) }));
