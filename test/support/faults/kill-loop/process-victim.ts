import { type SpawnedEventOps, type SpawnOptions, spawnEventOps } from '../../processes/spawn-eventops.ts';
import type { Victim } from './victim.ts';

export interface ProcessVictim extends Victim {
  /** SIGTERM; resolves once it is gone. */
  stop(): Promise<void>;
  /** What ended without being killed, with the last that it printed. */
  readonly collapses: readonly string[];
}

/** A process of EventOps, always on the same ports. */
export function processVictim(name: string, options: Omit<SpawnOptions, 'onLine'>): ProcessVictim {
  const collapses: string[] = [];
  let present: SpawnedEventOps | null = null;
  return {
    name,
    collapses,
    start: () => {
      const printed: string[] = [];
      const onLine = (line: string) => {
        printed.push(line);
        if (printed.length > 20) printed.shift();
      };
      const started = spawnEventOps({ ...options, onLine });
      present = started;
      void started.ended.then((code) => {
        if (present === started) collapses.push(`${name} ended with ${code}:\n${printed.join('\n')}`);
      });
      return started;
    },
    kill: async () => {
      const killed = present;
      present = null;
      await killed?.kill();
    },
    stop: async () => {
      const stopped = present;
      present = null;
      await stopped?.stop();
    },
  };
}
