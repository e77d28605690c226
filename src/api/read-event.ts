import { streamOf } from '../application/event-identity.ts';
import { ReadDatabaseUnavailable } from '../application/failures.ts';
import type { Then } from '../application/history-then.ts';
import type { EventReader } from '../application/ports/event-log.ts';
import { readHistory, readHistoryThen } from '../application/read-history.ts';
import type { EventView } from '../projections/events/queries.ts';
import { eventFromHistory, findEvent } from '../projections/events/queries.ts';
import type { RouteDependencies } from './dependencies.ts';

type Sources = Pick<RouteDependencies, 'log' | 'readDatabase'>;

/**
 * An event from its row where that is recent enough, else from its history: what was answered with a 2xx is never
 * unknown, however far the projector is behind and whether or not the read database is there. `null` for an event that
 * was never received.
 * @throws {LogUnavailable} when only the log has the answer, and it cannot be read.
 */
export async function readEvent(sources: Sources, id: string, minRevision = 0): Promise<EventView | null> {
  const row = await findRow(sources, id);
  return row !== null && row.revision >= minRevision ? row : readFromHistory(sources.log, id);
}

/** The fold of the event's stream: what is true now. @throws {LogUnavailable} @throws {HistoryBroken} */
export async function readFromHistory(log: Pick<EventReader, 'readStream'>, id: string): Promise<EventView | null> {
  return eventFromHistory(await readHistory(log, streamOf(id)));
}

/** What it was then; `null` when it had not been received yet. @throws {LogUnavailable} @throws {HistoryBroken} */
export async function readEventThen(
  log: Pick<EventReader, 'readPages'>,
  id: string,
  then: Then,
): Promise<EventView | null> {
  return eventFromHistory(await readHistoryThen(log, streamOf(id), then));
}

/** The event as it is, when it was received. @throws {LogUnavailable} */
export async function readReceived(log: Pick<EventReader, 'readStream'>, id: string): Promise<EventView> {
  const event = await readFromHistory(log, id);
  if (event === null) throw new Error(`Event ${id} has a state and no history`);
  return event;
}

async function findRow({ readDatabase }: Sources, id: string): Promise<EventView | null> {
  try {
    return await findEvent(readDatabase(), id);
  } catch (error) {
    if (error instanceof ReadDatabaseUnavailable) return null;
    throw error;
  }
}
