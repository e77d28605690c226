import { profiles } from './server.ts';
import { describe, wholeLife } from './whole-life.ts';

const EVENTS = 20_000;
const BATCHES = { batchSize: 100, connections: 8 };
const settings = ['off', 'dead'] as const;

/** What it costs events that the explainer follows the log: in turns with it and without it, each on a log of its own. */
export async function benchExplaining(print: (line?: string) => void, rounds: number): Promise<void> {
  const cpu = new Map<string, number[]>(settings.map((each) => [each, []]));
  for (let round = 1; round <= rounds; round++)
    for (const setting of settings) {
      process.env['EXPLAIN'] = setting;
      const server = await profiles.embedded();
      try {
        await wholeLife(server, { events: EVENTS / 4, ...BATCHES });
        const life = await wholeLife(server, { events: EVENTS, ...BATCHES });
        print(describe(`EXPLAIN=${setting}, round ${round}`, life));
        cpu.get(setting)?.push(life.cpuMicrosecondsPerEvent.find(([name]) => name === 'eventops')?.[1] ?? Number.NaN);
      } finally {
        await server.stop();
      }
    }
  for (const [setting, all] of cpu)
    print(`EXPLAIN=${setting}: ${all.map((each) => each.toFixed(0)).join(', ')} µs of a processor for each event`);
}
