import { appendFileSync } from 'node:fs';
import { type SpawnedEventOps, type SpawnOptions, spawnEventOps } from '../../processes/spawn-eventops.ts';
import type { Victim } from './victim.ts';

export interface ProcessVictim extends Victim {
  /** SIGTERM; resolves once it is gone. */
  stop(): Promise<void>;
  /** What ended without being killed, with the last that it printed. */
  readonly collapses: readonly string[];
}

export interface ProcessVictimOptions extends Omit<SpawnOptions, 'onLine'> {
  /** Everything that its processes print is added to this file. */
  readonly outputFile: string;
}

/** A process of EventOps, always on the same ports. */
export function processVictim(name: string, { outputFile, ...options }: ProcessVictimOptions): ProcessVictim {
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
        appendFileSync(outputFile, `${name} ${present?.pid} ${line}\n`);
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
