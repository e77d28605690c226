import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  Checkpoint,
  EventReader,
  EventWriter,
  RecordedTransition,
} from '../../../src/application/ports/event-log.ts';
import { follow, readLog, transitionsOf } from './follow.ts';
import { appendAll, newStream, request, transition } from './transitions.ts';

export interface Load {
  readonly writers: number;
  readonly appendsPerWriter: number;
  readonly random: () => number;
}

type Place = { readonly checkpoint: Checkpoint; readonly seen: number };

/**
 * Lets writers append at random moments while a subscriber follows, then compares what it saw, what a reader from the
 * beginning sees, and what readers from places on the way see, with what was appended.
 * @returns what is wrong; nothing for a log that is complete and ordered.
 */
export async function findGaps(log: EventWriter & EventReader, load: Load): Promise<readonly string[]> {
  const prefix = newStream('completeness');
  const lastStream = `${prefix}-last`;
  const options = { streamPrefixes: [prefix], maxBatch: 7 };
  const follower = follow(log, null, options);
  const places: Place[] = [];
  let seen = 0;
  const following = follower.until((message) => {
    if (message.kind !== 'transitions') return false;
    seen += message.transitions.length;
    places.push({ checkpoint: message.checkpoint, seen });
    return message.transitions.some(({ stream }) => stream === lastStream);
  });
  const appended = await writeAtRandom(log, prefix, load);
  await appendAll(log, [request({ stream: lastStream })]);
  const live = transitionsOf(await following).filter(({ stream }) => stream !== lastStream);
  await follower.end();

  const all = await readLog(log, null, options);
  const complaints = [
    ...differences('live', live, appended),
    ...differences('from the beginning', all.slice(0, -1), appended),
  ];
  for (const { checkpoint, seen: before } of sampleOf(places, load.random)) {
    const rest = idsOf(await readLog(log, checkpoint, options));
    if (rest.join() !== idsOf(all.slice(before)).join()) complaints.push(`other transitions after ${checkpoint}`);
  }
  return complaints;
}

async function writeAtRandom(log: EventWriter, prefix: string, load: Load): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  const writer = async (_: unknown, number: number) => {
    for (let done = 0; done < load.appendsPerWriter; done++) {
      for (let turns = Math.floor(load.random() * 4); turns > 0; turns--) await nextTurn();
      const transitions = Array.from({ length: 1 + Math.floor(load.random() * 3) }, () => transition());
      await appendAll(log, [request({ stream: `${prefix}-${number}-${done}`, transitions })]);
      for (const { id } of transitions) ids.add(id);
    }
  };
  await Promise.all(Array.from({ length: load.writers }, writer));
  return ids;
}

function differences(who: string, seen: readonly RecordedTransition[], appended: ReadonlySet<string>): string[] {
  const ids = new Set(idsOf(seen));
  const isOrdered = seen.every(({ position }, index) => index === 0 || position > (seen[index - 1]?.position ?? 0n));
  const missing = [...appended].filter((id) => !ids.has(id)).length;
  return [
    ...(ids.size === seen.length ? [] : [`${who}: ${seen.length - ids.size} seen twice`]),
    ...(isOrdered ? [] : [`${who}: positions go back`]),
    ...(missing === 0 ? [] : [`${who}: ${missing} of ${appended.size} not seen`]),
    ...(ids.size + missing === appended.size ? [] : [`${who}: seen what nobody appended`]),
  ];
}

const idsOf = (transitions: readonly RecordedTransition[]) => transitions.map(({ id }) => id);

/** Some twenty of them: reading on from each place costs a whole read. */
const sampleOf = (places: readonly Place[], random: () => number) =>
  places.filter((_, index) => index === 0 || random() < 20 / places.length);
