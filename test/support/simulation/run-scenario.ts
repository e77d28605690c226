import { type Breach, findBreaches } from '../guarantees/find-breaches.ts';
import { readAllHistories } from '../guarantees/read-histories.ts';
import { breachesOfRuns } from './effect-breaches.ts';
import { observedRow } from './observed-row.ts';
import { careless, client, operator, type Witness } from './people.ts';
import { Processes } from './processes.ts';
import { isAtRest } from './rest.ts';
import type { Scenario } from './scenario.ts';
import { World } from './world.ts';

/** G2: how long after the faults everything is at an end. */
const PEACE_MS = 60_000;
/** The same after calls that were merely refused: nothing was killed or lost, so nothing has to be found again. */
const SOON_MS = 15_000;
/** And then nothing moves any more. */
const CALM_MS = 1_000;
const LOOK_EVERY_MS = 250;

export interface Outcome {
  readonly breaches: readonly Breach[];
  /** By effect, how often what the scenario names came to pass. */
  readonly happened: ReadonlyMap<string, number>;
  readonly events: number;
  readonly transitions: number;
  /** What happened, line by line; empty unless asked for. */
  readonly story: readonly string[];
}

/** Lives the scenario to its end and says what was promised and not kept. */
export async function runScenario(scenario: Scenario, { tell = false } = {}): Promise<Outcome> {
  const story: string[] = [];
  const world = new World(scenario, tell ? story : null);
  const processes = new Processes(world);
  const witness: Witness = { acknowledged: [], answered: [], waiting: 0 };
  const surroundings = { world, witness, api: () => processes.someApi() };
  const wants = (person: Promise<void>) => {
    witness.waiting++;
    void person.then(() => witness.waiting--);
  };
  processes.startAll();
  for (const event of scenario.events) {
    for (let clients = 0; clients < event.clients; clients++) wants(client(surroundings, event));
    if (event.isReusedLater) wants(careless(surroundings, event));
  }
  scenario.acts.forEach((act, number) => wants(operator(surroundings, act, number)));

  await world.time.runUntil(() => false, scenario.peaceAt);
  processes.makePeace();
  await untilRest(world, () => witness.waiting === 0 && processes.areWell() && isAtRest(world));
  const restedAt = world.time.passed();
  await world.time.runUntil(() => false, restedAt + CALM_MS);

  const histories = await readAllHistories(world.log);
  const rows = new Map([...world.stores.tables.rows].map(([id, row]) => [id, observedRow(row)]));
  const evidence = { acknowledged: witness.acknowledged, answered: witness.answered, histories, rows };
  const breaches: Breach[] = [...findBreaches(evidence), ...breachesOfRuns(world.runs, histories)];
  for (const what of new Set(world.seen))
    breaches.push({
      guarantee: what.includes('checkpoint') ? 'G6' : 'G3',
      kind: what.includes('checkpoint') ? 'mismatching row' : 'doubled',
      eventId: '',
      what,
    });
  if (witness.waiting > 0)
    breaches.push({
      guarantee: 'G2',
      kind: 'stuck',
      eventId: '',
      what: `${witness.waiting} people still have no answer`,
    });
  const tookMs = restedAt - Math.max(world.lastFaultAt, lastWish(scenario));
  if (isMerelyRefused(scenario) && tookMs > SOON_MS)
    breaches.push({
      guarantee: 'G2',
      kind: 'stuck',
      eventId: '',
      what: `nothing was killed or lost, and it took ${Math.round(tookMs)} ms`,
    });
  return { breaches, happened: world.happened, events: histories.size, transitions: world.log.all.length, story };
}

async function untilRest(world: World, isResting: () => boolean): Promise<void> {
  const until = world.time.passed() + PEACE_MS;
  while (world.time.passed() < until && !isResting())
    await world.time.runUntil(() => false, Math.min(until, world.time.passed() + LOOK_EVERY_MS));
}

const lastWish = ({ events, acts }: Scenario) =>
  Math.max(...events.map(({ postedAt }) => postedAt), ...acts.map(({ at }) => at));

/** Whether all that may go wrong is calls that are refused or slow. */
export const isMerelyRefused = ({ faults }: Scenario) =>
  faults.every((fault) => fault.kind === 'call' && (fault.effect === 'refused' || fault.effect === 'slow'));
