import type { Pause } from '../../domain/event-type/state.ts';
import type { LogPosition } from '../ports/event-log.ts';

/** The latest time that events were let go on. */
export interface LatestResume {
  readonly position: LogPosition;
  /** RFC 3339. */
  readonly at: string;
}

/** Which types are paused, as far as this process has heard. */
export interface TypePauses {
  /** The names of all pauses that hold events of a type back: its own, `order.*`, `*`. */
  over(type: string): readonly string[];
  /** By name. */
  all(): ReadonlyMap<string, Pause>;
  latestResume(): LatestResume | null;
  /** Resolves once the log has been read to its end; `null` when it has. */
  caughtUp(): Promise<void> | null;
}

/** Where none is ever paused. */
export const noPauses: TypePauses = {
  over: () => [],
  all: () => new Map(),
  latestResume: () => null,
  caughtUp: () => null,
};
