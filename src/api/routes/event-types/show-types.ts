import type { z } from 'zod';
import type { ConfiguredType } from '../../../application/event-types/configured-types.ts';
import { ReadDatabaseUnavailable } from '../../../application/failures.ts';
import { load } from '../../../application/load.ts';
import { eventTypeAggregate } from '../../../domain/event-type/aggregate.ts';
import { covers } from '../../../domain/event-type/covers.ts';
import type { Pause } from '../../../domain/event-type/state.ts';
import { countWaiting, type WaitingEvents } from '../../../projections/events/queries.ts';
import type { eventTypeAnswer, eventTypeListAnswer } from '../../answers/event-type.ts';
import type { RouteDependencies } from '../../dependencies.ts';

type Dependencies = Pick<RouteDependencies, 'configuredTypes' | 'pauses' | 'log' | 'readDatabase'>;
type Answer = z.input<typeof eventTypeAnswer>;

/** More are not counted: it would keep the rows busy with each look. */
const MOST_COUNTED = 100_000;

/** What can be paused: what the configuration names, and each type that one of these names covers. */
export const isKnown = ({ configuredTypes }: Pick<Dependencies, 'configuredTypes'>, name: string): boolean =>
  name.endsWith('*') ? configuredTypes.all.some((each) => each.name === name) : configuredTypes.of(name) !== null;

/** @throws {LogUnavailable} {HistoryBroken} {UndecodableTransition} */
export async function showTypes(dependencies: Dependencies): Promise<z.input<typeof eventTypeListAnswer>> {
  const { configuredTypes, pauses } = dependencies;
  const names = [...new Set([...configuredTypes.all.map(({ name }) => name), ...pauses.all().keys()])].toSorted();
  const paused = new Map<string, Pause>();
  for (const name of names) {
    const pause = await pauseIn(dependencies, name);
    if (pause !== null) paused.set(name, pause);
  }
  const waiting = await waitingEvents(dependencies);
  return {
    items: names.map((name) => showType(dependencies, { name, paused, waiting })),
    waitingIsComplete: waiting?.isComplete ?? false,
  };
}

/** As the log has it, so that what was asked for a moment ago is seen. */
async function pauseIn({ log }: Dependencies, name: string): Promise<Pause | null> {
  const { state } = await load(eventTypeAggregate, log, name);
  return state?.pause ?? null;
}

/** `null` while the read tables are unavailable. */
export async function waitingEvents({ readDatabase }: Pick<Dependencies, 'readDatabase'>) {
  try {
    return await countWaiting(readDatabase(), MOST_COUNTED);
  } catch (error) {
    if (!(error instanceof ReadDatabaseUnavailable)) throw error;
    return null;
  }
}

interface Shown {
  readonly name: string;
  readonly paused: ReadonlyMap<string, Pause>;
  readonly waiting: WaitingEvents | null;
}

export function showType(dependencies: Dependencies, { name, paused, waiting }: Shown): Answer {
  const { configuredTypes } = dependencies;
  const own = configuredTypes.all.find((each) => each.name === name);
  const handler = own ?? (name.endsWith('*') ? null : configuredTypes.of(name));
  const [over] = [name, ...paused.keys()].filter((each) => paused.has(each) && covers(each, name));
  const pause = over === undefined ? undefined : paused.get(over);
  return {
    name,
    handler: handler && shownHandler(handler),
    pause: over === undefined || pause === undefined ? null : { name: over, ...pause },
    waiting: waiting && countOf(waiting, (type) => (own ? configuredTypes.of(type) === own : covers(name, type))),
  };
}

const countOf = ({ byType }: WaitingEvents, isOfIt: (type: string) => boolean) =>
  [...byType].reduce((sum, [type, count]) => (isOfIt(type) ? sum + count : sum), 0);

const shownHandler = ({ name, version, retry, retryOn = new Map(), timeoutMs, replay }: ConfiguredType) => ({
  ...{ name, version, retry, retryOn: Object.fromEntries(retryOn), timeoutMs, replay },
});
