import { isUnbroken } from './envelope.ts';
import { HistoryBroken } from './failures.ts';
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
