import { deriveUuid, streamOf } from '../../../application/event-identity.ts';
import type { CommandContext } from '../../../application/handle-command.ts';
import type { Rejection } from '../../../domain/event/rejections.ts';
import type { RouteDependencies } from '../../dependencies.ts';

export interface AskedReplay {
  readonly eventId: string;
  readonly clientId: string;
  readonly subject: string;
  /** The request's idempotency key; `null` without one. */
  readonly key: string | null;
  readonly reason: string;
  readonly context: CommandContext;
}

export type ReplayAnswer =
  /** `isRepeat`: it had been asked for under this key before. */
  { readonly ok: true; readonly isRepeat: boolean } | { readonly ok: false; readonly rejection: Rejection };

/**
 * Asks for the next generation. With a key, asking twice is asking once, also when the event has been processed again
 * meanwhile: the transition's id follows from the key, and the history tells whether it is there.
 * @throws {LogUnavailable} and as `replayEvent`.
 */
export async function replayOnce(
  { useCases, log }: Pick<RouteDependencies, 'useCases' | 'log'>,
  { eventId, clientId, subject, key, reason, context }: AskedReplay,
): Promise<ReplayAnswer> {
  const transitionId = key === null ? null : deriveUuid('replay', clientId, eventId, key);
  const wasAskedBefore = async () =>
    transitionId !== null && (await log.readStream(streamOf(eventId))).some(({ id }) => id === transitionId);
  if (await wasAskedBefore()) return { ok: true, isRepeat: true };
  const result = await useCases.replayEvent(
    eventId,
    { reason, requestedBy: subject },
    { ...context, ...(transitionId === null ? {} : { transitionId: () => transitionId }) },
  );
  if (result.ok) return { ok: true, isRepeat: !result.changed };
  return (await wasAskedBefore()) ? { ok: true, isRepeat: true } : { ok: false, rejection: result.rejection };
}
