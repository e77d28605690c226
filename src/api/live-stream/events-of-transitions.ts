import { decodeTransition } from '../../application/decode-transition.ts';
import { UndecodableTransition } from '../../application/failures.ts';
import type { EventReader, RecordedTransition } from '../../application/ports/event-log.ts';
import { eventAggregate } from '../../domain/event/aggregate.ts';

/** What every transition of an event is asked for, and the first one alone says. */
export interface EventOfTransition {
  readonly type: string;
  readonly source: string;
  readonly clientId: string;
}

/**
 * Of the events whose transitions pass, so many are remembered, those that were seen last. Others are read from the log.
 * Resolves with `null` for an event whose first transition cannot be read: it belongs to no client.
 */
export function rememberEvents(log: Pick<EventReader, 'readPages'>, most: number) {
  const known = new Map<string, EventOfTransition | null>();

  function remember(stream: string, event: EventOfTransition | null): EventOfTransition | null {
    known.delete(stream);
    known.set(stream, event);
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    return event;
  }

  async function read(stream: string): Promise<EventOfTransition | null> {
    for await (const [first] of log.readPages(stream)) return first === undefined ? null : received(first);
    return null;
  }

  /** At once where it is known. @throws {LogUnavailable} */
  return (recorded: RecordedTransition): EventOfTransition | null | Promise<EventOfTransition | null> => {
    const { stream, type } = recorded;
    if (type === 'EventReceived') return remember(stream, received(recorded));
    const event = known.get(stream);
    return event === undefined ? read(stream).then((found) => remember(stream, found)) : remember(stream, event);
  };
}

function received(first: RecordedTransition): EventOfTransition | null {
  try {
    const { type, data } = decodeTransition(eventAggregate, first);
    if (type !== 'EventReceived') return null;
    return { type: data.type, source: data.source, clientId: data.clientId };
  } catch (error) {
    if (error instanceof UndecodableTransition) return null;
    throw error;
  }
}
