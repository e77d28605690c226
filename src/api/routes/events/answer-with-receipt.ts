import type { FastifyReply, FastifyRequest } from 'fastify';
import { streamOf } from '../../../application/event-identity.ts';
import { OperationalFailure } from '../../../application/failures.ts';
import type { EventReader, RecordedTransition } from '../../../application/ports/event-log.ts';
import type { EventView } from '../../../projections/events/queries.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { ofSender } from '../../event-json.ts';
import { memoryOfPage, mostAskedFor } from '../../limits.ts';
import { takeRoom } from '../../plugins/room.ts';
import { readReceived } from '../../read-event.ts';
import { receiptPieces } from '../../receipts.ts';
import { untilGone } from '../../until-gone.ts';
import { answerSent } from './answer-sent.ts';

const DEFAULT_WAIT_MS = 30_000;

type Place = Pick<RecordedTransition, 'position' | 'revision'>;

/** How long a request waits for a receipt (RFC 7240: `Prefer: receipt, wait=20`); `null` when it does not ask for one. */
export function receiptWaitMs({ headers: { prefer } }: FastifyRequest): number | null {
  const each = [prefer ?? []].flat().join(',').toLowerCase().split(',');
  const preferences = new Map(
    each.map((preference): readonly [string, string] => {
      const [name = '', value = ''] = preference.trim().split(/ *[=;] */);
      return [name, value];
    }),
  );
  if (!preferences.has('receipt')) return null;
  const wait = preferences.get('wait') ?? '';
  return /^\d{1,9}$/.test(wait) ? Math.min(Number(wait) * 1_000, mostAskedFor.waitMs) : DEFAULT_WAIT_MS;
}

/**
 * Answers an event that is in the log once a checkpoint covers it, with the receipt. The usual answer, with the event as it was
 * before the wait, comes when the time is over, when too many wait, and when anything that the receipt needs is missing or fails:
 * what is durable is not refused. While it waits it holds memory for the event alone.
 */
export async function answerWithReceipt(
  dependencies: RouteDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { event, isNew, waitMs }: { readonly event: EventView; readonly isNew: boolean; readonly waitMs: number },
): Promise<FastifyReply> {
  const { memoryOfRequestBytes, memoryPerAnswerByte } = dependencies.limits;
  await takeRoom(request, reply, memoryOfRequestBytes + event.payload.length * memoryPerAnswerByte);
  const made = await eventWithReceipt(dependencies, request, reply, { id: event.id, waitMs }).catch((error) => {
    if (!(error instanceof OperationalFailure))
      dependencies.logger.error(
        { eventId: event.id, err: error },
        'a receipt could not be made for who sent the event',
      );
    return null;
  });
  if (made === null) return answerSent(reply, event, { isNew });
  return answerSent(reply.header('preference-applied', 'receipt'), made.event, { isNew, receipt: made.receipt });
}

/** `null` when there is no receipt in time, or no room to make it in. @throws as what it reads. */
async function eventWithReceipt(
  { log, limits, receiptWaits }: RouteDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { id, waitMs: timeoutMs }: { readonly id: string; readonly waitMs: number },
): Promise<{ readonly event: EventView; readonly receipt: string } | null> {
  const place = await placeOf(log, id);
  if (place === null) return null;
  const { clientId } = request.principal;
  const prover = await receiptWaits.until(place, { clientId, timeoutMs, signal: untilGone(reply) });
  if (prover === null || (await takeRoom(request, reply, memoryOfPage(limits))) !== null) return null;
  let receipt = '';
  for await (const piece of receiptPieces(log.readPages(streamOf(id)), prover, ofSender)) receipt += piece;
  return { event: await readReceived(log, id), receipt };
}

/** Where its first transition is in the log. Not the transition itself: what is waited with is held for as long. */
async function placeOf(log: Pick<EventReader, 'readPages'>, id: string): Promise<Place | null> {
  for await (const [first] of log.readPages(streamOf(id)))
    return first === undefined ? null : { position: first.position, revision: first.revision };
  return null;
}
