import { CheckpointRefused } from '../../application/failures.ts';
import { formatCheckpoint, type Progress } from './checkpoint.ts';
import { type Place, placeOf } from './decode-event.ts';
import type { ReadRequest } from './protocol.ts';
import { readingAll } from './read-requests.ts';
import type { Read } from './receive.ts';

const ADVICE =
  'Connect to the log that the subscriber has followed, or delete its checkpoint together with all that it has made of ' +
  'the log, so that it is rebuilt from the beginning of this one';

/**
 * Whether the log still holds what a subscriber has seen of it, and where to go on. EventStoreDB itself accepts a position
 * beyond its end silently, and never delivers anything after it.
 * @returns the log's identity, and the position after which to subscribe.
 * @throws {CheckpointRefused} saying what differs. @throws what `read` throws.
 */
export async function verifyProgress(
  read: Read,
  progress: Progress,
): Promise<{ readonly logId: string | null; readonly after: Place | null }> {
  const logId = (await firstPlace(read, readingAll('start', 'forwards', 1)))?.id ?? null;
  const { last, passed } = progress;
  const refuse = (difference: string) => {
    const checkpoint = formatCheckpoint(progress);
    const isOther = progress.logId !== null && logId !== null && progress.logId !== logId;
    const whose = isOther
      ? `This is another log: it begins with the event ${logId}, not ${progress.logId}`
      : difference;
    return new CheckpointRefused(`The checkpoint ${checkpoint} is not a position in this log. ${whose}. ${ADVICE}`, {
      position: (last ?? passed)?.commit ?? null,
      isOfAnotherLog: isOther,
    });
  };
  if (last !== null) {
    const found = await placeAt(read, last);
    if (!isSame(found, last)) throw refuse(await describeDifference(read, last, found));
  }
  if (passed === null) return { logId, after: last };
  const found = await placeAt(read, passed);
  // Prepare 0 is just before the event: should it concern the subscriber after all, it comes.
  if (isSame(found, passed)) return { logId, after: { ...passed, prepare: 0n } };
  // Events of others may be scavenged. What the subscriber has seen last is verified, so going on there skips nothing.
  if (found !== 'inside-an-event' && found !== null && found.commit > passed.commit) return { logId, after: last };
  throw refuse(await describeDifference(read, passed, found));
}

/** The event at a position or, where none is, the first one after it. */
async function placeAt(read: Read, where: Place): Promise<Place | 'inside-an-event' | null> {
  try {
    return await firstPlace(read, readingAll(where, 'forwards', 1));
  } catch (error) {
    if (isInvalidPosition(error)) return 'inside-an-event';
    throw error;
  }
}

export async function firstPlace(read: Read, request: ReadRequest): Promise<Place | null> {
  let place: Place | null = null;
  await read(request, (response) => {
    const event = response.getEvent()?.getEvent();
    if (event === undefined) return 'more';
    place = placeOf(event);
    return 'enough';
  });
  return place;
}

/** `Unexpected ReadAllResult: InvalidPosition` of a read, `Trying to read from an invalid position.` of a subscription. */
export function isInvalidPosition(error: unknown): boolean {
  return error instanceof Error && (/invalid ?position/i.test(error.message) || isInvalidPosition(error.cause));
}

const isSame = (found: Place | 'inside-an-event' | null, place: Place) =>
  found !== null && found !== 'inside-an-event' && found.commit === place.commit && found.id === place.id;

async function describeDifference(read: Read, place: Place, found: Place | 'inside-an-event' | null): Promise<string> {
  if (found === 'inside-an-event')
    return `At ${place.commit} no event begins: the log was restored from a backup and went on differently, or is another`;
  if (found !== null)
    return `At ${place.commit} stood the event ${place.id}, and now stands ${found.id} at ${found.commit}: the log was restored from a backup and went on differently, or is another`;
  const end = await firstPlace(read, readingAll('end', 'backwards', 1));
  return end === null
    ? 'The log is empty: it was emptied, or is another'
    : `The log ends at ${end.commit}, before ${place.commit}: it was emptied or restored from an older backup, or is another`;
}
