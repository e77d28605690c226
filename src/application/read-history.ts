import { createChainCheck, isUnbroken } from './envelope.ts';
import { HistoryBroken } from './failures.ts';
import { pagesThen, type Then } from './history-then.ts';
import type { EventReader, RecordedTransition } from './ports/event-log.ts';

/**
 * A stream from its beginning, for decisions that rest on it. It costs 10 µs a transition, beside a read of about a
 * millisecond. To show a history as it is stored, broken or not, read the stream itself.
 * @throws {HistoryBroken} it is not what was written. @throws {LogUnavailable}
 */
export async function readHistory(
  log: Pick<EventReader, 'readStream'>,
  stream: string,
): Promise<readonly RecordedTransition[]> {
  const history = await log.readStream(stream);
  if (!isUnbroken(history)) throw new HistoryBroken(stream);
  return history;
}

/** The same as it was then. @throws as {@link readHistory} */
export async function readHistoryThen(
  log: Pick<EventReader, 'readPages'>,
  stream: string,
  then: Then,
): Promise<readonly RecordedTransition[]> {
  const isUnbrokenUpTo = createChainCheck();
  const history: RecordedTransition[] = [];
  for await (const page of pagesThen(log, stream, then)) {
    if (!page.every(isUnbrokenUpTo)) throw new HistoryBroken(stream);
    history.push(...page);
  }
  return history;
}
