import { eventAggregate } from '../../domain/event/aggregate.ts';
import type { EventReader, RecordedTransition } from '../ports/event-log.ts';

/** Of events; all that are given must hold. */
export interface EventFilter {
  readonly type?: string | undefined;
  readonly source?: string | undefined;
  /** Whose the events are. */
  readonly client?: string | undefined;
}

/** Histories that are remembered; the receipt of others is read again. */
const MOST_REMEMBERED = 10_000;

export const isFiltered = ({ type, source, client }: EventFilter): boolean =>
  type !== undefined || source !== undefined || client !== undefined;

/** Whether a transition is of an event that is asked for: its receipt says that, wherever it is in the log. */
export function createEventFilter(
  filter: EventFilter,
  log: Pick<EventReader, 'readPages'>,
): (recorded: RecordedTransition) => Promise<boolean> {
  if (!isFiltered(filter)) return async () => true;
  const remembered = new Map<string, boolean>();

  function remember(receipt: RecordedTransition): boolean {
    const [oldest] = remembered.keys();
    if (remembered.size >= MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    const isWanted = matches(receipt, filter);
    remembered.set(receipt.stream, isWanted);
    return isWanted;
  }

  return async (recorded) => {
    const { stream, revision } = recorded;
    if (!stream.startsWith(eventAggregate.streamPrefix)) return false;
    const known = remembered.get(stream);
    if (known !== undefined) return known;
    if (revision === 0n) return remember(recorded);
    for await (const [receipt] of log.readPages(stream)) return receipt !== undefined && remember(receipt);
    return false;
  };
}

function matches({ data }: RecordedTransition, { type, source, client }: EventFilter): boolean {
  try {
    const received = JSON.parse(data) as Readonly<Record<'type' | 'source' | 'clientId', unknown>>;
    return (
      (type === undefined || received.type === type) &&
      (source === undefined || received.source === source) &&
      (client === undefined || received.clientId === client)
    );
  } catch {
    // Not as it was written. An auditor has to see that.
    return true;
  }
}
