import { eventIdOfStream } from '../../../src/application/event-identity.ts';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import { eventIdOfKey } from './people.ts';
import type { Scenario } from './scenario.ts';
import { ofKind, type World } from './world.ts';

const ends = ['PROCESSED', 'DEAD', 'DISCARDED'];

/**
 * Every event of the log is at an end, as its row says, every row is as far as its stream and waits for no repair, and
 * nothing is due. Statistics, where they are counted, are of the whole log.
 */
export function isAtRest({ log, stores, scenario, falsified }: World): boolean {
  const missing = refusedForGood(scenario);
  const { rows, due, passedOver, statistics } = stores.tables;
  const last = log.all.at(-1);
  if (scenario.countsStatistics && last !== undefined && statistics.position < last.position) return false;
  const repaired = new Set([...passedOver.keys()].map((key) => eventIdOfStream(key.slice(key.indexOf(' ') + 1))));
  if ([...due.keys()].some((id) => !falsified.has(id))) return false;
  const revisions = new Map(log.all.map(({ stream, revision }) => [stream.slice(stream.indexOf('-') + 1), revision]));
  return [...revisions].every(([id, revision]) => {
    if (falsified.has(id)) return true;
    if (missing.has(id)) return isAtItsEnd(log.all, id);
    const row = rows.get(id);
    return row !== undefined && !repaired.has(id) && row.revision === String(revision) && ends.includes(row.status);
  });
}

/** Events whose rows the read database never takes: their outcome is in the log alone. */
export const refusedForGood = ({ faults }: Pick<Scenario, 'faults'>): ReadonlySet<string> =>
  new Set(
    ofKind(faults, 'row').flatMap(({ key, until }) => (key === null || until !== null ? [] : [eventIdOfKey(key)])),
  );

const endings: readonly string[] = ['ProcessingSucceeded', 'EventDeadLettered', 'EventDiscarded'];
const isAtItsEnd = (all: readonly RecordedTransition[], id: string) =>
  endings.includes(all.findLast(({ stream }) => stream.endsWith(id))?.type ?? '');
