import type { Evidence } from '../../guarantees/evidence.ts';
import type { Counts } from '../counts.ts';

export interface KillLoop {
  readonly seed: number;
  /** Of the one process; of each role. */
  readonly kills: number;
  readonly events: number;
  /** As `performance.now()` has it: by then everything has to be acknowledged. */
  readonly deadline: number;
}

export interface KillLoopResult extends Pick<Counts, 'kills' | 'figures'> {
  readonly evidence: Evidence;
  /** Processes that ended although nobody killed them, with the last that they printed. */
  readonly collapses: readonly string[];
}
