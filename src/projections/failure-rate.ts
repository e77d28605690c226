import { COMMAND } from '../application/command-name.ts';
import { OperationalFailure } from '../application/failures.ts';
import type { LogPosition } from '../application/ports/event-log.ts';
import type { ProjectionFailure } from './projection-failures.ts';

export const haltLimits = {
  /** A projection halts where it would pass over more than so many transitions, */
  failures: 100,
  /** and more than a tenth, of so many in a row or of one batch. */
  transitions: 1_000,
} as const;
export type HaltLimits = { readonly [Name in keyof typeof haltLimits]: number };

const LARGEST_SHARE = 0.1;

/** So many transitions cannot be projected that the cause is not in them. Tried again, until they can be or it is accepted. */
export class ProjectionHalted extends OperationalFailure {
  override readonly name = 'ProjectionHalted';
  readonly code = 'projection-halted';
  readonly retryable = true;
}

/** A batch, and what of it cannot be projected. */
interface Batch {
  readonly transitions: number;
  readonly failures: number;
}

/** What a projection has passed over lately. Counts are of this process. */
export interface FailureRate {
  isTooHighWith(batch: Batch): boolean;
  /** The batch was handled. */
  add(batch: Batch): void;
}

export function createFailureRate(limits: Partial<HaltLimits> = {}): FailureRate {
  const { failures: most, transitions: window } = { ...haltLimits, ...limits };
  const batches: Batch[] = [];
  const sumOf = (name: keyof Batch) => batches.reduce((sum, batch) => sum + batch[name], 0);
  return {
    isTooHighWith({ transitions, failures }) {
      const all = sumOf('failures') + failures;
      return failures > 0 && all > most && all > LARGEST_SHARE * (sumOf('transitions') + transitions);
    },
    add(batch) {
      if (batch.transitions === 0) return;
      batches.push(batch);
      while (batches.length > 1 && sumOf('transitions') - (batches[0]?.transitions ?? 0) >= window) batches.shift();
    },
  };
}

/** @param upTo the last position of the batch that is not passed over. */
export function haltedFor(projection: string, failures: readonly ProjectionFailure[], upTo: LogPosition | undefined) {
  const [first] = failures;
  const what =
    first === undefined
      ? ''
      : `, such as ${first.recorded.stream}, revision ${first.recorded.revision}: ${first.reason}`;
  return new ProjectionHalted(
    `The projection ${projection} has halted, because it would have to pass over too many transitions in a row${what}. ` +
      'It goes on by itself once they can be projected: correct the database, or start the version that reads them. ' +
      `To pass over them, and list them in projection_failures: ${COMMAND} start --pass-over-up-to ${upTo}, or a later position`,
  );
}
