import { CheckpointRefused } from '../../../src/application/failures.ts';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import { viewOf } from '../../../src/projections/events/view.ts';
import { type Breach, findBreaches } from '../guarantees/find-breaches.ts';
import { breachesOfStatistics } from '../guarantees/statistics-breaches.ts';
import { breachesOfRuns } from './effect-breaches.ts';
import { limitsOf } from './limits.ts';
import type { Witness } from './people.ts';
import type { Processes } from './processes.ts';
import { breachesOfPromptness, isPrompt } from './promptness.ts';
import { refusedForGood } from './rest.ts';
import { observedIn, smallStatisticsLimits } from './statistics.ts';
import type { World } from './world.ts';

/** Beside what can be seen from the outside: G9, what a process has in hand, which only the simulation sees. */
export type SeenBreach =
  | Breach
  | (Pick<Breach, 'eventId' | 'what'> & { readonly guarantee: 'G9'; readonly kind: 'beyond its bounds' });

type Histories = ReadonlyMap<string, readonly RecordedTransition[]>;

/** What was promised and not kept, once the run is over. */
export async function judge(
  world: World,
  processes: Processes,
  wholeWitness: Witness,
  allHistories: Histories,
): Promise<readonly SeenBreach[]> {
  // What is not as it was written is left as it is; whether it was is seen while it happens.
  const isOurs = (eventId: string) => !world.falsified.has(eventId);
  const histories = new Map([...allHistories].filter(([eventId]) => isOurs(eventId)));
  const witness = {
    ...wholeWitness,
    acknowledged: wholeWitness.acknowledged.filter(({ eventId }) => isOurs(eventId)),
    answered: wholeWitness.answered.filter(({ eventId }) => isOurs(eventId)),
  };
  if (world.restoredStreams !== null) return judgeRestored(world, processes, witness, histories);
  const { acknowledged, answered } = witness;
  const ownRows = [...world.stores.tables.rows].filter(([eventId]) => isOurs(eventId));
  const rows = new Map(ownRows.map(([id, row]) => [id, viewOf(row)]));
  const missing = refusedForGood(world.scenario);
  const breaches: SeenBreach[] = findBreaches({ acknowledged, answered, histories, rows }).filter(
    ({ guarantee, eventId }) => guarantee !== 'G6' || !missing.has(eventId),
  );
  breaches.push(
    ...breachesOfRuns(
      world.runs.filter(({ eventId }) => isOurs(eventId)),
      histories,
      limitsOf(world.scenario, 'poison'),
    ),
    ...seenBreaches(world),
  );
  if (world.scenario.countsStatistics)
    breaches.push(
      ...breachesOfStatistics(world.log.all, observedIn(world.stores.tables.statistics), smallStatisticsLimits),
    );
  for (const { eventId, payload } of acknowledged) {
    const kept = rows.get(eventId)?.payload;
    if (kept !== undefined && kept !== payload)
      breaches.push({
        ...{ guarantee: 'G6', kind: 'mismatching row', eventId },
        what: 'its row has its payload in other words than it was sent',
      });
  }
  if (witness.waiting > 0) breaches.push(stuck(`${witness.waiting} people still have no answer`));
  // Where many things go wrong, many ask.
  if (world.scenario.workersFrom > 0)
    for (const what of world.asked.tooOften(world.scenario))
      breaches.push({ guarantee: 'G9', kind: 'beyond its bounds', eventId: '', what });
  for (const what of world.asked.needlessly())
    breaches.push({ guarantee: 'G9', kind: 'beyond its bounds', eventId: '', what });
  if (isPrompt(world.scenario)) {
    const tookMs = world.lastTransitionAt - Math.max(world.lastFaultAt, world.lastWishAt);
    breaches.push(...breachesOfPromptness(tookMs, histories));
  }
  return breaches;
}

/**
 * Of a log that was put back, what it lost is gone, and nothing has to come to an end before a person has decided. What
 * it holds is legal, what was acknowledged since then is in it, and those who cannot go on say so.
 */
async function judgeRestored(
  world: World,
  processes: Processes,
  witness: Witness,
  histories: Histories,
): Promise<readonly SeenBreach[]> {
  const acknowledged = witness.acknowledged.filter(
    ({ eventId, askedAt }) => askedAt > world.restoredAt || world.restoredStreams?.has(`event-${eventId}`),
  );
  const answered = witness.answered.filter(({ askedAt }) => askedAt > world.restoredAt);
  const breaches = findBreaches({ acknowledged, answered, histories, rows: null }).filter(
    ({ guarantee }) => guarantee !== 'G2',
  );
  // What rows, checkpoints and keys are of is gone.
  const seen = seenBreaches(world).filter(({ guarantee }) => guarantee === 'G9' || guarantee === 'G4');
  const silent = (await projectionsBeyondTheLog(world)).filter((name) => !processes.sayWhyUnhealthy(name));
  return [
    ...breaches,
    ...seen,
    ...silent.map((name) => stuck(`the log was put back behind the rows, and ${name} does not say so`)),
  ];
}

async function projectionsBeyondTheLog({ stores, log }: World): Promise<readonly string[]> {
  const beyond: string[] = [];
  for (const [subscriber, checkpoint] of stores.tables.checkpoints)
    try {
      await log.verifyCheckpoint(checkpoint);
    } catch (error) {
      if (!(error instanceof CheckpointRefused)) throw error;
      // The dispatcher needs no checkpoint of its own: it starts without one.
      if (subscriber.startsWith('projection:')) beyond.push(subscriber);
    }
  return beyond;
}

function seenBreaches(world: World): readonly SeenBreach[] {
  return [...new Set(world.seen)].map((what): SeenBreach => {
    if (what.includes('does not match its hashes')) return { guarantee: 'G4', kind: 'illegal', eventId: '', what };
    if (what.includes('in hand')) return { guarantee: 'G9', kind: 'beyond its bounds', eventId: '', what };
    if (what.includes('checkpoint')) return { guarantee: 'G6', kind: 'mismatching row', eventId: '', what };
    return { guarantee: 'G3', kind: 'doubled', eventId: '', what };
  });
}

const stuck = (what: string): Breach => ({ guarantee: 'G2', kind: 'stuck', eventId: '', what });
