/** The checkpoint of a log that a witness cosigned last. */
export interface CosignedCheckpoint {
  readonly size: number;
  /** In base64. */
  readonly rootHash: string;
  /** With the signatures of the log and of the witness. */
  readonly note: string;
}

/** What a witness must not forget. One process at a time has it. */
export interface WitnessStore {
  /** `null` for a log of which nothing was cosigned. */
  latest(origin: string): CosignedCheckpoint | null;
  /** The same, by the SHA-256 of the origin in hex. */
  latestByHash(originHash: string): CosignedCheckpoint | null;
  /**
   * Keeps a checkpoint durably in place of the latest, if that has `fromSize` (0: there is none) still. Atomic.
   * @returns whether it had.
   */
  replace(origin: string, fromSize: number, checkpoint: CosignedCheckpoint): boolean;
  close(): void;
}
