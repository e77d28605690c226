import { Unexpected } from './client.ts';
import type { Step } from './steps.ts';

export interface Outcome {
  readonly name: string;
  readonly state: 'ok' | 'FAILED' | 'not tried';
  readonly ms: number;
  readonly detail: string;
}

/** Each on what the one before left: after the first that fails, none is tried. */
export async function runSteps(steps: readonly Step[], onOutcome: (outcome: Outcome) => void): Promise<boolean> {
  let failed = false;
  for (const { name, take } of steps) {
    if (failed) {
      onOutcome({ name, state: 'not tried', ms: 0, detail: '' });
      continue;
    }
    const startedAt = performance.now();
    const ms = () => Math.round(performance.now() - startedAt);
    try {
      const detail = await take();
      onOutcome({ name, state: 'ok', ms: ms(), detail });
    } catch (error) {
      if (!(error instanceof Unexpected)) throw error;
      failed = true;
      onOutcome({ name, state: 'FAILED', ms: ms(), detail: error.message });
    }
  }
  return !failed;
}

/** A line of the table. */
export const lineOf = ({ name, state, ms, detail }: Outcome): string =>
  `${state.padEnd(10)}${name.padEnd(22)}${`${ms} ms`.padStart(9)}  ${detail}`.trimEnd();
