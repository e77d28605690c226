import type { Kysely } from 'kysely';
import { EVENT_STREAM_PREFIX } from '../../../application/event-identity.ts';
import type { EventReader, LogPosition } from '../../../application/ports/event-log.ts';
import type { LogSegmentsReader } from '../../../application/ports/log-segments.ts';
import type { Random } from '../../../application/ports/random.ts';
import type { Database } from '../../database.ts';

/** Random events that have a row. Ids are made by hashing, so those behind a random one are random. */
export async function sampleRows(db: Kysely<Database>, random: Random, count: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('events')
    .select('id')
    .where('id', '>=', random.uuid())
    .orderBy('id')
    .limit(count)
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * Streams of random transitions in a random segment of the log, among those that the rows are known to contain. So an event is found whose
 * row is missing. @throws {LogUnavailable} @throws {CheckpointRefused} @throws {ReadDatabaseUnavailable}
 */
export async function sampleLog(
  { log, segments, random }: { log: Pick<EventReader, 'subscribeAll'>; segments: LogSegmentsReader; random: Random },
  upTo: LogPosition,
  count: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const last = await segments.last();
  if (last === null) return [];
  const segment = await segments.withLeaf(Math.floor(random.fraction() * (last.leavesBefore + last.leaves)));
  if (segment === null) return [];
  const streams = new Set<string>();
  const options = { streamPrefixes: [EVENT_STREAM_PREFIX], signal };
  for await (const message of log.subscribeAll(segment.from.after, options)) {
    if (message.kind === 'caught-up') break;
    const transitions = message.kind === 'transitions' ? message.transitions : [];
    for (const { position, stream } of transitions) if (position <= upTo) streams.add(stream);
    if ((transitions.at(-1)?.position ?? -1n) >= segment.to.position) break;
  }
  return drawn([...streams], random, count);
}

function drawn<Item>(items: Item[], random: Random, count: number): readonly Item[] {
  const taken: Item[] = [];
  while (taken.length < count && items.length > 0)
    taken.push(...items.splice(Math.floor(random.fraction() * items.length), 1));
  return taken;
}
