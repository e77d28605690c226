import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Evidence } from '../../guarantees/evidence.ts';
import { seededMoments } from '../seeded-moments.ts';
import type { Service } from './ask.ts';
import { countEffects } from './effects.ts';
import { createLoadClient } from './load-client.ts';
import { untilAtRest } from './observe.ts';
import { startOperators } from './operators.ts';
import { openWitnessFile } from './witness-file.ts';

const handlersFile = fileURLToPath(new URL('eventops.config.ts', import.meta.url));

/** With which EventOps has the handlers that the load is made for. */
export const envOfLoad = (folder: string) => ({
  EVENTOPS_CONFIG: handlersFile,
  FAULTS_EFFECTS: join(folder, 'effects'),
  // For whoever looks at what a failed run left.
  LOG_LEVEL: 'info',
});

export interface Load {
  /** Posts on, up to so many events in all. */
  release(upTo: number): void;
  /** Waits for the last 2xx, sends the operators home, and gives everything its time of peace. */
  settle(): Promise<void>;
  /** After that: what clients and operators have witnessed. */
  witnessed(): Promise<Required<Pick<Evidence, 'acknowledged' | 'answered'>>>;
  figures(): Readonly<Record<string, number>>;
}

export interface LoadOptions {
  readonly service: Service;
  readonly seed: number;
  /** For the witness file and the handlers' effects. */
  readonly folder: string;
  /** As `performance.now()` has it: by then everything has to be acknowledged. */
  readonly deadline: number;
}

/** Clients and operators at work, with a witness file. */
export async function startLoad({ service, seed, folder, deadline }: LoadOptions): Promise<Load> {
  const witness = await openWitnessFile(join(folder, 'witness'));
  const client = createLoadClient({ service, witness, source: `kill-loop/${seed}`, deadline });
  const moments = seededMoments(seed, 'operators');
  const operators = startOperators({ service, witness, moments, posted: client.posted });
  let restedAfterMs = 0;
  return {
    release: client.release,
    settle: async () => {
      await client.acknowledged();
      await operators.stop();
      restedAfterMs = await untilAtRest(service, witness);
      await witness.close();
    },
    witnessed: witness.read,
    figures: () => ({
      ...countEffects(envOfLoad(folder).FAULTS_EFFECTS),
      'longest seconds to rest': Math.ceil(restedAfterMs / 1_000),
    }),
  };
}
