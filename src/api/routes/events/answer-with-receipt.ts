import type { FastifyReply, FastifyRequest } from 'fastify';
import { streamOf } from '../../../application/event-identity.ts';
import { OperationalFailure } from '../../../application/failures.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { ofSender } from '../../event-json.ts';
import { memoryOfPage, mostAskedFor } from '../../limits.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { readReceived } from '../../read-event.ts';
import { receiptPieces } from '../../receipts.ts';
import { untilGone } from '../../until-gone.ts';
import { answerSent } from './answer-sent.ts';

const DEFAULT_WAIT_MS = 30_000;

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
 * Answers an event that is in the log once a checkpoint covers it, with the receipt; without one when the time is over, when
 * too many wait, or when the tree cannot be read. It holds no memory meanwhile.
 */
export async function answerWithReceipt(
  dependencies: RouteDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { id, isNew, waitMs }: { readonly id: string; readonly isNew: boolean; readonly waitMs: number },
): Promise<FastifyReply> {
  const { log, limits } = dependencies;
  await takeRoom(request, reply, 0);
  const receipt = await receiptOf(dependencies, reply, { id, waitMs });
  const refusal = await takeRoom(request, reply, memoryOfPage(limits));
  if (refusal !== null) return sendProblem(reply, refusal);
  if (receipt !== null) reply.header('preference-applied', 'receipt');
  return answerSent(reply, await readReceived(log, id), { isNew, receipt });
}

async function receiptOf(
  { log, receiptWaits }: RouteDependencies,
  reply: FastifyReply,
  { id, waitMs: timeoutMs }: { readonly id: string; readonly waitMs: number },
): Promise<string | null> {
  try {
    const [first] = await log.readStream(streamOf(id));
    if (first === undefined) return null;
    const { position, revision } = first;
    const prover = await receiptWaits.until({ position, revision }, { timeoutMs, signal: untilGone(reply) });
    if (prover === null) return null;
    let text = '';
    for await (const piece of receiptPieces(log.readPages(streamOf(id)), prover, ofSender)) text += piece;
    return text;
  } catch (error) {
    if (error instanceof OperationalFailure) return null;
    throw error;
  }
}
