import type { ReplayPermission } from '../../domain/event/commands.ts';
import type { RetryPolicy } from '../../domain/event/transitions.ts';

/** What the configuration says about the events of one name: a type, `order.*`, or `*`. */
export interface ConfiguredType {
  readonly name: string;
  readonly version: string;
  readonly retry: RetryPolicy;
  /** By class of error, where that makes a difference. */
  readonly retryOn?: ReadonlyMap<string, RetryPolicy> | undefined;
  readonly timeoutMs: number;
  readonly replay: ReplayPermission;
}

export interface ConfiguredTypes {
  readonly all: readonly ConfiguredType[];
  /** The closest one for a type; `null` where no handler is configured. */
  of(type: string): ConfiguredType | null;
}

export const noTypes: ConfiguredTypes = { all: [], of: () => null };
