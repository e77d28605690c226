import { join } from 'node:path';
import type { Service } from '../load/ask.ts';
import { untilAtRest } from '../load/observe.ts';
import { openWitnessFile, type Witness } from '../load/witness-file.ts';
import { startTraffic } from './traffic.ts';

/** Each single wait has a bound of its own; this one ends what would go on indefinitely. */
const ALL_WITHIN_MS = 30 * 60_000;

export interface WitnessedTraffic {
  /** Resolves once so many more events have their 2xx. */
  acknowledged(more: number): Promise<void>;
  /** Ends the traffic and gives everything its time of peace. Afterwards: what clients and operators have witnessed. */
  settle(): Promise<Witness & { readonly secondsToRest: number }>;
}

/** Traffic with a witness file in `folder`. */
export async function startWitnessedTraffic(
  service: Service,
  { folder, seed }: { readonly folder: string; readonly seed: number },
): Promise<WitnessedTraffic> {
  const witness = await openWitnessFile(join(folder, 'witness'));
  const deadline = performance.now() + ALL_WITHIN_MS;
  const traffic = startTraffic({ service, witness, source: `crash-points/${seed}`, deadline });
  return {
    acknowledged: traffic.acknowledged,
    settle: async () => {
      await traffic.stop();
      const restMs = await untilAtRest(service, witness);
      await witness.close();
      return { ...(await witness.read()), secondsToRest: Math.ceil(restMs / 1_000) };
    },
  };
}
