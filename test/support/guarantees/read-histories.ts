import { EVENT_STREAM_PREFIX, eventIdOfStream } from '../../../src/application/event-identity.ts';
import type { EventReader, RecordedTransition } from '../../../src/application/ports/event-log.ts';

/** Every event's history by its id, as the log tells it from its beginning to its present end. */
export async function readAllHistories(
  log: Pick<EventReader, 'subscribeAll'>,
): Promise<ReadonlyMap<string, readonly RecordedTransition[]>> {
  const histories = new Map<string, RecordedTransition[]>();
  const reading = new AbortController();
  const { signal } = reading;
  for await (const message of log.subscribeAll(null, { streamPrefixes: [EVENT_STREAM_PREFIX], signal })) {
    if (message.kind === 'caught-up') reading.abort();
    if (message.kind !== 'transitions') continue;
    for (const recorded of message.transitions) {
      const id = eventIdOfStream(recorded.stream);
      const history = histories.get(id);
      if (history === undefined) histories.set(id, [recorded]);
      else history.push(recorded);
    }
  }
  return histories;
}
