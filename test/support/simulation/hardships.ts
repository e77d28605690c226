import type { Draw } from './draw.ts';
import { type ChangeableLimit, changeableLimits } from './limits.ts';
import { isPrompt } from './promptness.ts';
import type { Conduct, Fault, PostedEvent, Scenario, ScenarioLimit } from './scenario.ts';

/**
 * What a scenario has beside its faults: caps that are reached, clocks that differ, a read database that refuses rows,
 * a log that is put back. Drawn apart, so that a seed's events and faults are what they are without it.
 */
export function withHardships(scenario: Scenario, draw: Draw): Scenario {
  const limits = draw.random(0.5) ? drawLimits(draw, isOfServices) : [];
  const isMild = isPrompt(scenario);
  const faults = [...scenario.faults, ...clocks(draw, scenario, isMild), ...rows(draw, scenario)];
  if (!isMild) faults.push(...databases(draw, scenario));
  if (!isMild && draw.random(0.05))
    faults.push({ kind: 'falsified', key: draw.one(scenario.events).key, revision: draw.upTo(3) });
  const hostile = !isMild && draw.random(0.04) ? draw.one(scenario.events) : null;
  const events = scenario.events.map((event) => ({
    ...event,
    conduct: event === hostile ? (['ends its process'] as const) : event.conduct.map((one) => varied(draw, one)),
  }));
  const changed = { ...scenario, events, faults, limits };
  return scenario.profile === 'full' && draw.random(0.03) ? withCrowd(changed, draw) : changed;
}

const varied = (draw: Draw, conduct: Conduct): Conduct =>
  conduct === 'is slow' && draw.random(0.5) ? 'asks another service' : conduct;

/** Where handlers run is drawn apart. */
const isOfServices = ({ of }: ChangeableLimit) => of !== 'isolation';

/** Each by itself, so that one that is reached meets others that are not. What takes a millisecond takes many turns. */
export const drawLimits = (draw: Draw, isMeant: (one: ChangeableLimit) => boolean): readonly ScenarioLimit[] =>
  changeableLimits
    .filter(isMeant)
    .filter(({ isTime, unit }) => draw.random(isTime ? (unit > 1 ? 0.2 : 0.02) : 0.5))
    .map(({ of, limit, unit }) => ({ of, limit, value: (1 + draw.upTo(2)) * unit }));

function clocks(draw: Draw, { slots }: Scenario, isMild: boolean): readonly Fault[] {
  if (!draw.random(0.35)) return [];
  return slots
    .filter(() => draw.random(0.7))
    .map((slot) => {
      const most = isMild || draw.random(0.7) ? SMALL_SKEW_MS : draw.random(0.7) ? 15_000 : 180_000;
      return { kind: 'clock', slot, ms: draw.offBy(most) };
    });
}
/** What machines differ by that set their clocks by a time server that is far away. They go on to differ in peace. */
export const SMALL_SKEW_MS = 500;

function rows(draw: Draw, { events, peaceAt }: Scenario): readonly Fault[] {
  if (!draw.random(0.12)) return [];
  const from = draw.random(0.5) ? 0 : draw.upTo(6_000);
  if (draw.random(0.2)) return [{ kind: 'row', key: null, from, until: Math.min(peaceAt, from + draw.upTo(5_000)) }];
  const until = draw.random(0.3) ? null : from + draw.upTo(peaceAt - from);
  return [{ kind: 'row', key: draw.one(events).key, from, until }];
}

function databases(draw: Draw, { profile, peaceAt }: Scenario): readonly Fault[] {
  const at = draw.upTo(peaceAt - 1_000);
  const faults: Fault[] = [];
  if (profile === 'full' && draw.random(0.05)) {
    faults.push({ kind: 'timed', at, what: 'lose tables' });
    const killedAt = at + draw.upTo(400);
    if (draw.random(0.7)) faults.push({ kind: 'timed', at: killedAt, what: 'kill', slot: 'dispatcher-0', ms: 100 });
  }
  if (profile === 'embedded' && draw.random(0.2)) faults.push({ kind: 'timed', at, what: 'stick tables' });
  if (draw.random(0.04)) faults.push({ kind: 'timed', at, what: 'restore log', transitions: 1 + draw.upTo(8) });
  return faults;
}

/** Many events, caps that they reach, and nobody who works: then the broker loses all, and the workers come. */
function withCrowd(scenario: Scenario, draw: Draw): Scenario {
  const workersFrom = draw.random(0.5) ? 30_000 + draw.upTo(30_000) : 60_000 + draw.upTo(240_000);
  const events = draw.many(
    10 + draw.upTo(20),
    (index): PostedEvent => ({
      ...{ key: `key-${index}`, clients: 1, isReusedLater: false },
      postedAt: draw.upTo(6_000),
      conduct: [draw.one(['succeeds', 'succeeds', 'fails'] as const), 'succeeds'],
    }),
  );
  const faults: readonly Fault[] = [
    ...scenario.faults.filter(({ kind }) => kind === 'clock').slice(0, 1),
    { kind: 'timed', at: workersFrom - draw.upTo(500), what: 'wipe broker' },
  ];
  // Pauses of a millisecond over minutes would only cost time.
  const limits = drawLimits(draw, isOfServices).filter(({ limit }) => !limit.endsWith('Ms'));
  return { ...scenario, events, acts: [], faults, limits, workersFrom, peaceAt: workersFrom + 1_000 };
}
