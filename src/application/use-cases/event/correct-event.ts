import { eventAggregate } from '../../../domain/event/aggregate.ts';
import type { ReplayPermission } from '../../../domain/event/commands.ts';
import type { Rejection } from '../../../domain/event/rejections.ts';
import type { EventState } from '../../../domain/event/state.ts';
import type { TransitionData } from '../../../domain/event/transitions.ts';
import type { CommandContext } from '../../command-context.ts';
import { decodeEventTransition } from '../../event-history.ts';
import { deriveUuid, streamOf } from '../../event-identity.ts';
import { type CommandDependencies, handleCommand } from '../../handle-command.ts';
import { foldHistory, load, noHistory } from '../../load.ts';
import { readHistory } from '../../read-history.ts';
import { comparableOf, fingerprintOf } from './same-request.ts';

type Received = TransitionData<'EventReceived'>;

export interface AskedCorrection {
  /** The dead letter. */
  readonly eventId: string;
  /** JSON text, byte for byte. */
  readonly payload: string;
  /** Parsed, for comparing. */
  readonly payloadValue: unknown;
  readonly reason: string;
  readonly requestedBy: string;
  readonly context: CommandContext;
  /** What the handler of an event type allows. */
  readonly permissionOf: (type: string) => ReplayPermission;
  /** Whether the one who asks may know of the client's events; if not, the event is not found. */
  readonly mayKnowOf: (received: Pick<Received, 'clientId'>) => boolean;
}

export type CorrectionAnswer =
  | {
      readonly ok: true;
      readonly isRepeat: boolean;
      readonly id: string;
      readonly state: EventState;
      readonly at: string;
    }
  | { readonly ok: false; readonly rejection: Rejection };

/**
 * Makes a new event with another payload in place of a dead letter, which is discarded. The new event comes first, so that nothing
 * is lost when the process ends in between: then the dead letter is still one, and asking again completes it. Its id follows
 * from the dead letter and its generation, so each death is corrected once. @throws as {@link handleCommand}.
 */
export async function correctEvent(
  dependencies: CommandDependencies,
  asked: AskedCorrection,
): Promise<CorrectionAnswer> {
  const { eventId, reason, requestedBy, context, permissionOf, mayKnowOf } = asked;
  const session = dependencies.log.session();
  const history = await readHistory(dependencies.log, streamOf(eventId));
  const { state } = foldHistory(eventAggregate, history);
  if (state === null || !mayKnowOf(state.received)) return refused({ code: 'event-not-found' });
  const id = deriveUuid('correction', eventId, String(state.generation));
  const event = correctionOf(eventId, state, asked);
  const last = history.at(-1);
  const end = last && decodeEventTransition(last);
  if (end?.type === 'EventDiscarded') return repeated(dependencies, { id, event, isOurs: end.data.correctedBy === id });
  const { type } = state.received;
  if (permissionOf(type) === 'never') return refused({ code: 'replay-not-allowed', type });
  if (state.status !== 'DEAD') return refused({ code: 'event-not-dead', status: state.status });
  // Only the act says from where it was asked for.
  const { address: _, ...ofNew } = context;
  const received = await handleCommand(eventAggregate, dependencies, {
    ...{ id, context: ofNew, known: noHistory, command: { kind: 'ReceiveEvent', event } },
  });
  if (!received.ok) return refused(received.rejection);
  const discarded = await handleCommand(eventAggregate, dependencies, {
    ...{ id: eventId, context, history, session },
    command: { kind: 'DiscardEvent', reason, requestedBy, correctedBy: id },
  });
  if (!discarded.ok) return refused(discarded.rejection);
  return answerWith(id, received.current, !received.changed);
}

/** The dead letter was discarded before: by this very request, or for something else. */
async function repeated(
  { log }: Pick<CommandDependencies, 'log'>,
  { id, event, isOurs }: { readonly id: string; readonly event: Received; readonly isOurs: boolean },
): Promise<CorrectionAnswer> {
  if (!isOurs) return refused({ code: 'event-discarded' });
  const known = await load(eventAggregate, log, id);
  if (known.state?.received.requestFingerprint !== event.requestFingerprint)
    return refused({ code: 'idempotency-key-reused' });
  return answerWith(id, known, true);
}

function answerWith(
  id: string,
  { state, createdAt }: { readonly state: EventState | null; readonly createdAt: string | null },
  isRepeat: boolean,
): CorrectionAnswer {
  if (state === null || createdAt === null) throw new Error(`The correction ${id} was received and has no state`);
  return { ok: true, isRepeat, id, state, at: createdAt };
}

function correctionOf(
  eventId: string,
  { received, generation }: EventState,
  { payload, payloadValue }: Pick<AskedCorrection, 'payload' | 'payloadValue'>,
): Received {
  const { clientId, type, source, orderingKey } = received;
  const sent = { type, source, orderingKey, contentType: 'application/json', cloudEvent: null };
  return {
    ...sent,
    ...{ clientId, payload, correctionOf: eventId, idempotencyKey: `correction of ${eventId}:${generation}` },
    requestFingerprint: fingerprintOf(comparableOf({ ...sent, payload: payloadValue })),
  };
}

const refused = (rejection: Rejection) => ({ ok: false, rejection }) as const;
