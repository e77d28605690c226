import type { CommandContext } from '../../application/command-context.ts';
import { comparableOf } from '../../application/use-cases/event/same-request.ts';
import type { ReceiveEvent } from '../../domain/event/commands.ts';
import { type EventView, newEvent } from '../../projections/events/queries.ts';
import type { RouteDependencies } from '../dependencies.ts';
import type { Problem } from '../problem-details.ts';
import { parseExactly } from './exact-json.ts';
import { comparableOfStored, differences, type PreparedEvent } from './sent-event.ts';

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
  { useCases }: Pick<RouteDependencies, 'useCases'>,
  sent: PreparedEvent,
  { clientId, sources, idempotencyKey, context }: SentBy,
): Promise<Reception> {
  if (sources && !sources.includes(sent.source)) return { ok: false, problem: sourceNotPermitted(sources) };
  const key = idempotencyKey ?? sent.idempotencyKey;
  const result = await useCases.receiveEvent({ ...sent, clientId, idempotencyKey: key }, context);
  const received = result.current.state?.received;
  if (!result.ok)
    return { ok: false, problem: { code: result.rejection.code, ...(received && differing(sent, received)) } };
  const { id } = result;
  if (!result.changed || received === undefined) return { ok: true, isNew: false, id };
  return { ok: true, isNew: true, event: newEvent(id, received, result.current.createdAt ?? '') };
}

export interface SentBy {
  readonly clientId: string;
  /** The only ones that it may send; any without a list. */
  readonly sources?: readonly string[] | null;
  /** The request's own key, which goes before one that the event brings along. */
  readonly idempotencyKey: string | null;
  readonly context: CommandContext;
}

const sourceNotPermitted = (sources: readonly string[]): Problem => ({
  code: 'source-not-permitted',
  detail: `The key may send events of these sources: ${sources.join(', ')}.`,
});

function differing(sent: PreparedEvent, stored: ReceiveEvent['event']): Pick<Problem, 'detail' | 'errors'> {
  const comparable = comparableOf({ ...sent, payload: parseExactly(sent.payload) });
  const pointers = differences(comparable, comparableOfStored(stored));
  return {
    detail: 'One key stands for one request, permanently. Send the new request under a new key.',
    errors: pointers.map((pointer) => ({ pointer, code: 'differs', message: 'is not what the first request said' })),
  };
}
