import type { CommandContext } from '../../application/command-context.ts';
import type { ReceiveEvent } from '../../domain/event/commands.ts';
import type { EventView } from '../../projections/events/queries.ts';
import type { RouteDependencies } from '../dependencies.ts';
import type { Problem } from '../problem-details.ts';
import { parseExactly } from './exact-json.ts';
import { comparableOf, comparableOfStored, differences, type PreparedEvent } from './sent-event.ts';

export type Reception =
  | { readonly ok: true; readonly isNew: true; readonly event: EventView }
  /** The same request under the same key was received before. What happened to the event since is in its history. */
  | { readonly ok: true; readonly isNew: false; readonly id: string }
  | { readonly ok: false; readonly problem: Problem };

/**
 * Hands a sent event to the log. Resolves with `ok` only once it is durable there.
 * @throws {LogUnavailable} and as `receiveEvent`.
 */
export async function receiveSentEvent(
  { useCases, random }: Pick<RouteDependencies, 'useCases' | 'random'>,
  sent: PreparedEvent,
  { clientId, idempotencyKey: given, context }: SentBy,
): Promise<Reception> {
  const { type, source, payload, contentType, orderingKey, cloudEvent, requestFingerprint } = sent;
  const idempotencyKey = given ?? sent.idempotencyKey ?? random.uuid();
  const received: ReceiveEvent['event'] = {
    type,
    source,
    payload,
    contentType,
    idempotencyKey,
    requestFingerprint,
    clientId,
    orderingKey,
    cloudEvent,
  };
  const result = await useCases.receiveEvent(received, context);
  if (!result.ok) {
    const stored = result.current.state?.received;
    return { ok: false, problem: { code: result.rejection.code, ...(stored && differing(sent, stored)) } };
  }
  const { id } = result;
  if (!result.changed) return { ok: true, isNew: false, id };
  return { ok: true, isNew: true, event: newEvent(id, received, result.current.createdAt ?? '') };
}

export interface SentBy {
  readonly clientId: string;
  /** The request's own key, which goes before one that the event brings along. */
  readonly idempotencyKey: string | null;
  readonly context: CommandContext;
}

/** What was received a moment ago, without a read. */
const newEvent = (id: string, received: ReceiveEvent['event'], receivedAt: string): EventView => ({
  id,
  type: received.type,
  source: received.source,
  status: 'RECEIVED',
  idempotencyKey: received.idempotencyKey,
  payload: received.payload,
  createdAt: receivedAt,
  updatedAt: receivedAt,
  processedAt: null,
  errorReason: null,
  generation: 0,
  attempts: 0,
  nextAttemptAt: null,
  revision: 0,
  clientId: received.clientId,
});

function differing(sent: PreparedEvent, stored: ReceiveEvent['event']): Pick<Problem, 'detail' | 'errors'> {
  const comparable = comparableOf({ ...sent, payloadValue: parseExactly(sent.payload) });
  const pointers = differences(comparable, comparableOfStored(stored));
  return {
    detail: 'One key stands for one request, permanently. Send the new request under a new key.',
    errors: pointers.map((pointer) => ({ pointer, code: 'differs', message: 'is not what the first request said' })),
  };
}
