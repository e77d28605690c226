import type { Prover } from '../application/anchoring/prove-transitions.ts';
import { createChainCheck } from '../application/envelope.ts';
import { HistoryBroken } from '../application/failures.ts';
import type { RecordedTransition } from '../application/ports/event-log.ts';
import { RECEIPT_FORMAT } from '../application/transparency/receipts.ts';
import type { Sight } from './event-json.ts';
import { provenTransitionJson } from './transition-json.ts';

type Page = readonly RecordedTransition[];

/**
 * The JSON text of a receipt, in pieces: the transitions of a history from its first page on, as far as they are anchored.
 * @param history its first transition is anchored.
 * @throws {HistoryBroken} and as {@link Prover.prove}
 */
export async function* receiptPieces(
  history: AsyncIterable<Page>,
  prover: Prover,
  sight: Sight,
): AsyncGenerator<string> {
  const isUnbrokenUpTo = createChainCheck();
  let separator = `{"format":"${RECEIPT_FORMAT}","items":[`;
  let newestRevision = 0n;
  for await (const page of history)
    for (const recorded of page) {
      if (!isUnbrokenUpTo(recorded)) throw new HistoryBroken(recorded.stream);
      newestRevision = recorded.revision;
      if (!prover.isAnchored(recorded)) continue;
      yield `${separator}${provenTransitionJson(recorded, sight, await prover.prove(recorded))}`;
      separator = ',';
    }
  yield `],"newestRevision":${newestRevision}}`;
}

/** The last transition that is anchored: with its hash, what vouches for all before it; `null` when none is. @throws {HistoryBroken} */
export async function lastAnchored(history: AsyncIterable<Page>, prover: Prover): Promise<RecordedTransition | null> {
  const isUnbrokenUpTo = createChainCheck();
  let last: RecordedTransition | null = null;
  for await (const page of history)
    for (const recorded of page) {
      if (!isUnbrokenUpTo(recorded)) throw new HistoryBroken(recorded.stream);
      if (prover.isAnchored(recorded)) last = recorded;
    }
  return last;
}
