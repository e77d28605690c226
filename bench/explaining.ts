import { percentile } from './load.ts';
import { profiles } from './server.ts';
import { describe, type Life, wholeLife } from './whole-life.ts';

const BATCHES = { batchSize: 100, connections: 8 };
const settings = ['off', 'dead'] as const;
type Setting = (typeof settings)[number];

interface Options {
  readonly print: (line?: string) => void;
  readonly rounds: number;
  readonly events: number;
}

/**
 * What it costs events that the explainer follows the log: in turns with it and without it, each on a log of its own. One event in
 * sixteen becomes a dead letter, of a few failure groups.
 */
export async function benchExplaining({ print, rounds, events }: Options): Promise<void> {
  process.env['BENCH_DYING'] = 'true';
  const lives: Record<Setting, Life[]> = { off: [], dead: [] };
  for (let round = 1; round <= rounds; round++)
    // Whatever comes second has the warmer machine.
    for (const setting of round % 2 === 1 ? settings : settings.toReversed()) {
      process.env['EXPLAIN'] = setting;
      const server = await profiles.embedded();
      try {
        await wholeLife(server, { events: events / 4, ...BATCHES });
        const life = await wholeLife(server, { events, ...BATCHES });
        print(describe(`EXPLAIN=${setting}, round ${round}`, life));
        lives[setting].push(life);
      } finally {
        await server.stop();
      }
    }
  for (const [name, of] of figures) {
    const [off, dead] = [median(lives.off.map(of)), median(lives.dead.map(of))];
    print(
      `${name}: ${off.toFixed(0)} without, ${dead.toFixed(0)} with the explainer, ${(dead / off).toFixed(2)} times`,
    );
  }
}

const median = (values: readonly number[]) => percentile(values, 0.5);

const figures: readonly (readonly [name: string, of: (life: Life) => number])[] = [
  ['events in a second', ({ eventsPerSecond }) => eventsPerSecond],
  ['POST of 100, p50 in ms', ({ post }) => median(post)],
  [
    'µs of a processor for each event',
    ({ cpuMicrosecondsPerEvent: all }) => all.find(([name]) => name === 'eventops')?.[1] ?? Number.NaN,
  ],
];
