import type { Scenario, Slot } from './scenario.ts';

/** A scenario that still breaks is tried so often at most to make smaller. */
const MOST_RUNS = 500;

/**
 * The smallest scenario that can be reached from a broken one by leaving things out, one at a time, such that it is
 * still broken. Its seed stays, so that everything else is drawn as before.
 */
export async function shrink(
  scenario: Scenario,
  isBroken: (smaller: Scenario) => Promise<boolean>,
): Promise<{ readonly scenario: Scenario; readonly runs: number }> {
  let smallest = scenario;
  let runs = 0;
  for (let isSmaller = true; isSmaller && runs < MOST_RUNS; ) {
    isSmaller = false;
    for (const candidate of smallerOnes(smallest)) {
      if (++runs > MOST_RUNS) break;
      if (!(await isBroken(candidate))) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
  }
  return { scenario: smallest, runs };
}

/** Everything that can be left out, the largest pieces first. */
function* smallerOnes(scenario: Scenario): Generator<Scenario> {
  const { faults, acts, events, slots } = scenario;
  const half = Math.ceil(faults.length / 2);
  if (faults.length > 2) {
    yield { ...scenario, faults: faults.slice(half) };
    yield { ...scenario, faults: faults.slice(0, half) };
  }
  if (events.length > 1)
    for (const { key } of events)
      yield {
        ...scenario,
        events: events.filter((event) => event.key !== key),
        acts: acts.filter((act) => act.key !== key),
      };
  for (const fault of faults) yield { ...scenario, faults: faults.filter((other) => other !== fault) };
  const { limits } = scenario;
  if (limits.length > 1) yield { ...scenario, limits: [] };
  for (const limit of limits) yield { ...scenario, limits: limits.filter((other) => other !== limit) };
  if (scenario.isolates) yield { ...scenario, isolates: false };
  if (scenario.countsStatistics) yield { ...scenario, countsStatistics: false };
  if (scenario.workersFrom > 0) yield { ...scenario, workersFrom: 0 };
  for (const act of acts) yield { ...scenario, acts: acts.filter((other) => other !== act) };
  for (const slot of slots.filter((each) => isSecond(each)))
    yield { ...scenario, slots: slots.filter((other) => other !== slot) };
  for (const event of events)
    for (const simpler of [
      ...(event.clients > 1 ? [{ ...event, clients: 1 }] : []),
      ...(event.isReusedLater ? [{ ...event, isReusedLater: false }] : []),
      ...(event.conduct.length > 1 ? [{ ...event, conduct: event.conduct.slice(0, -1) }] : []),
      ...(event.conduct[0] !== 'succeeds' ? [{ ...event, conduct: ['succeeds'] as const }] : []),
    ])
      yield { ...scenario, events: events.map((other) => (other === event ? simpler : other)) };
}

/** Without the first process of its role nothing would be done at all. */
const isSecond = (slot: Slot) => !slot.endsWith('-0');
