import { Draw } from './draw.ts';
import { withHardships } from './hardships.ts';
import { withIsolation } from './isolation.ts';
import type { Call, Conduct, Effect, Fault, OperatorAct, PostedEvent, Scenario, Slot } from './scenario.ts';

const WISHES_UNTIL_MS = 6_000;
const PEACE_AT_MS = 12_000;
/** Makes of a seed another one. */
const HARDSHIPS = 0x2b00b1e5;
const ISOLATION = 0x15011dfc;
const STATISTICS_EVERY = 5;
/** A handler never needs more; a longer list would say nothing new. */
const MOST_EVENTS = 5;
const MOST_FAULTS = 9;

const callsOfRole: Readonly<Record<string, readonly Call[]>> = {
  api: ['append', 'append', 'read-stream', 'answer'],
  projector: [
    'load-checkpoint',
    'receive',
    'project',
    'project',
    'set-caught-up',
    'list-passed-over',
    'repair',
    'take-lease',
    'renew-lease',
  ],
  dispatcher: [
    ...([
      'receive',
      'publish',
      'publish',
      'load-place',
      'save-place',
      'verify-checkpoint',
      'take-due',
      'hasten',
      'backlog',
      'is-caught-up',
    ] as const),
    ...(['append', 'read-stream', 'take-lease', 'renew-lease', 'release-lease', 'head'] as const),
  ],
  worker: ['append', 'append', 'append', 'read-stream', 'take-command', 'acknowledge', 'release', 'run-handler'],
};
const mild: readonly Effect[] = ['refused', 'refused', 'slow', 'lost', 'vanished'];
const deadly: readonly Effect[] = [...mild, 'kill before', 'kill after', 'kill after'];
const effectsOf: Readonly<Record<Setting['temper'], readonly Effect[]>> = {
  mild,
  deadly,
  wild: [...deadly, 'lost', 'late', 'late', 'freeze before', 'freeze after'],
};
/** Each ends at once, or is retried. */
const conducts: readonly Conduct[] = ['succeeds', 'succeeds', 'fails', 'is slow', 'hangs', 'is refused for good'];

/** The scenario that a seed stands for. */
export function generateScenario(seed: number): Scenario {
  const draw = new Draw(seed);
  const profile = draw.random(0.35) ? 'embedded' : 'full';
  const slots = profile === 'embedded' ? (['all-0'] as const) : fullSlots(draw);
  const temper = draw.random(0.2) ? 'mild' : profile === 'embedded' && draw.random(0.3) ? 'deadly' : 'wild';
  const events = draw.many(1 + draw.upTo(MOST_EVENTS - 1), (index) => postedEvent(draw, index));
  const faults = draw.many(draw.upTo(MOST_FAULTS), () => fault(draw, { profile, slots, temper }));
  const acts = operatorActs(draw, events);
  const usual: Scenario = {
    seed,
    profile,
    slots,
    events,
    acts,
    faults,
    limits: [],
    isolates: false,
    // Not drawn, so that all other seeds are what they are without it.
    countsStatistics: seed % STATISTICS_EVERY === 0,
    workersFrom: 0,
    peaceAt: PEACE_AT_MS,
  };
  return withIsolation(withHardships(usual, new Draw(seed ^ HARDSHIPS)), new Draw(seed ^ ISOLATION));
}

const fullSlots = (draw: Draw): readonly Slot[] =>
  (['api', 'projector', 'dispatcher', 'worker'] as const).flatMap((role) =>
    draw.many(1 + draw.upTo(1), (index): Slot => `${role}-${index}`),
  );

const postedEvent = (draw: Draw, index: number): PostedEvent => ({
  key: `key-${index}`,
  postedAt: draw.random(0.5) ? 0 : draw.upTo(WISHES_UNTIL_MS),
  clients: draw.random(0.2) ? 2 : 1,
  isReusedLater: draw.random(0.1),
  conduct: draw.many(1 + draw.upTo(2), () => draw.one(conducts)),
});

/** Operators come in pairs as often as not, because two who do the same at once are what is hard. */
function operatorActs(draw: Draw, events: readonly PostedEvent[]): readonly OperatorAct[] {
  const acts: OperatorAct[] = [];
  while (draw.random(0.4) && acts.length < 4) {
    const { key } = draw.one(events);
    const at = 500 + draw.upTo(WISHES_UNTIL_MS);
    const what = () => (draw.random(0.75) ? 'replay' : 'discard');
    acts.push({ what: what(), key, at, operator: 'ann' });
    if (draw.random(0.5)) acts.push({ what: what(), key, at: at + draw.upTo(20), operator: 'bob' });
  }
  return acts;
}

interface Setting {
  readonly profile: Scenario['profile'];
  readonly slots: readonly Slot[];
  /** Calls are refused or not answered; or the process ends, too; or anything. */
  readonly temper: 'mild' | 'deadly' | 'wild';
}

function fault(draw: Draw, { profile, slots, temper }: Setting): Fault {
  const slot = draw.one(slots);
  if (temper === 'wild' && draw.random(0.3)) return rareFault(draw, profile, slot);
  const role = slot.slice(0, slot.indexOf('-'));
  const call = draw.one(callsOfRole[role === 'all' ? draw.one(Object.keys(callsOfRole)) : role] ?? []);
  const drawn = draw.one(effectsOf[temper]);
  const effect = temper === 'wild' || !call.endsWith('lease') ? drawn : 'refused';
  return { kind: 'call', slot, call, nth: nth(draw), effect, ms: durationOf(draw, effect, temper === 'wild') };
}

/** Half of them among the first calls, so that short stories have them too. */
const nth = (draw: Draw) => 1 + draw.upTo(draw.random(0.5) ? 4 : 30);

function durationOf(draw: Draw, effect: Effect, isWild: boolean): number {
  if (effect === 'slow') return draw.upTo(isWild ? 3_000 : 300);
  // A lease of a role lasts 5 s, one of an attempt 10.5 s.
  if (effect === 'late') return draw.upTo(draw.random(0.5) ? 300 : 11_000);
  if (effect.startsWith('freeze')) return draw.random(0.5) ? draw.upTo(2_000) : 5_000 + draw.upTo(7_000);
  return effect.startsWith('kill') ? draw.upTo(3_000) : 0;
}

function rareFault(draw: Draw, profile: Scenario['profile'], slot: Slot): Fault {
  const at = draw.upTo(PEACE_AT_MS - 1_000);
  const timed = (what: 'kill' | 'stop' | 'freeze' | 'jump', ms: number): Fault => ({
    kind: 'timed',
    at,
    what,
    slot,
    ms,
  });
  switch (draw.upTo(10)) {
    case 0:
    case 1:
      return timed('kill', draw.upTo(3_000));
    case 2:
      return timed('freeze', draw.upTo(12_000));
    case 3:
      return timed('jump', (draw.random(0.5) ? 1 : -1) * draw.upTo(15_000));
    case 4:
      return profile === 'embedded'
        ? { kind: 'tables', nth: 1 + draw.upTo(2), what: draw.random(0.5) ? 'lost' : 'older' }
        : { kind: 'timed', at, what: 'wipe broker' };
    case 5:
      return { kind: 'timed', at, what: 'lose connection', slot };
    case 6:
      return timed('stop', draw.upTo(3_000));
    case 7:
      return {
        kind: 'timed',
        at,
        what: 'outage',
        of: draw.one(['log', 'broker', 'tables']),
        ms: 500 + draw.upTo(7_000),
      };
    case 8:
      return { kind: 'timed', at, what: 'restore tables' };
    default:
      return { kind: 'command', nth: nth(draw), what: draw.random(0.5) ? 'lose' : 'repeat' };
  }
}
