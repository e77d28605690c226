import { readAllHistories } from '../guarantees/read-histories.ts';
import { judge, type SeenBreach } from './judge.ts';
import { careless, client, operator, type Witness } from './people.ts';
import { Processes } from './processes.ts';
import { isAtRest } from './rest.ts';
import type { Scenario } from './scenario.ts';
import { ofKind, World } from './world.ts';

/** G2: how long after the faults everything is at an end. */
const PEACE_MS = 60_000;
/** After the log was put back to what it was, nothing has to come to an end; whether it is said is seen soon. */
const RESTORED_MS = 15_000;
/** And then nothing moves any more. */
const CALM_MS = 1_000;
const LOOK_EVERY_MS = 250;

export interface Outcome {
  readonly breaches: readonly SeenBreach[];
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
    void person.then(() => {
      witness.waiting--;
      world.lastWishAt = world.time.passed();
    });
  };
  processes.startAll();
  for (const event of scenario.events) {
    for (let clients = 0; clients < event.clients; clients++) wants(client(surroundings, event));
    if (event.isReusedLater) wants(careless(surroundings, event));
  }
  scenario.acts.forEach((act, number) => wants(operator(surroundings, act, number)));

  const isResting = () => witness.waiting === 0 && processes.areWell() && isAtRest(world);
  // Faults after everything is at an end would only cost time.
  await lookAgain(world, scenario.peaceAt, () => world.time.passed() >= lastTimedFault(scenario) && isResting());
  processes.makePeace();
  // What was recorded by a clock that was ahead is due when others come to that time, and is looked at ever less often.
  const patienceMs = PEACE_MS + 2 * world.farthestClockMs + longestAskMs(scenario);
  const untilMs = world.time.passed() + (world.restoredStreams === null ? patienceMs : RESTORED_MS);
  // Where nothing has to come to an end, rest says nothing about whether those who cannot go on have noticed.
  await lookAgain(world, untilMs, () => world.restoredStreams === null && isResting());
  await world.time.runUntil(() => false, world.time.passed() + CALM_MS);

  const histories = await readAllHistories(world.log);
  const breaches = await judge(world, processes, witness, histories);
  return { breaches, happened: world.happened, events: histories.size, transitions: world.log.all.length, story };
}

async function lookAgain(world: World, untilMs: number, holds: () => boolean): Promise<void> {
  while (world.time.passed() < untilMs && !holds())
    await world.time.runUntil(() => false, Math.min(untilMs, world.time.passed() + LOOK_EVERY_MS));
}

/** What nobody has worked on for so long is asked for as seldom as that. */
const longestAskMs = ({ workersFrom, events }: Scenario) =>
  (workersFrom === 0 ? 0 : workersFrom + 30_000) +
  (events.some(({ conduct }) => conduct.includes('ends its process')) ? POISON_MS : 0);
/** Five leases end before an event that ends its workers is given up. */
const POISON_MS = 90_000;

const lastTimedFault = ({ faults }: Scenario) => Math.max(0, ...ofKind(faults, 'timed').map(({ at }) => at));
