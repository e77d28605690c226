import type { Checkpoint } from './event-log.ts';

/** Where subscribers without rows of their own keep their checkpoint; one with rows stores it in the rows' transaction. */
export interface CheckpointStore {
  /** `null` when `subscriber` never stored one. @throws {ReadDatabaseUnavailable} */
  load(subscriber: string): Promise<Checkpoint | null>;
  /** Last write wins. @throws {ReadDatabaseUnavailable} */
  save(subscriber: string, checkpoint: Checkpoint): Promise<void>;
}
