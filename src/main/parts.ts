import type { ReadinessCheck } from '../api/dependencies.ts';
import type { Authenticator } from '../application/ports/authenticator.ts';
import type { CheckpointStore } from '../application/ports/checkpoint-store.ts';
import type { CommandBus } from '../application/ports/command-bus.ts';
import type { EventLog } from '../application/ports/event-log.ts';
import type { WritableDatabase } from '../projections/database.ts';

/** What a profile provides: one adapter for each port, opened. */
export interface Parts {
  readonly log: EventLog;
  readonly readDatabase: { readonly db: WritableDatabase };
  readonly bus: CommandBus;
  readonly checkpoints: CheckpointStore;
  readonly authenticator: Authenticator;
  readonly readinessChecks: readonly ReadinessCheck[];
  /** No other process can be working on the same log: what an earlier one had in hand is free. */
  readonly isOnlyProcess: boolean;
  /** In reverse order of opening. */
  close(): Promise<void>;
}
