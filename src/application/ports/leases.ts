/** The right to do what only one process may do at a time, as long as no other process has taken it over. */
export interface Lease {
  readonly name: string;
  /** The process that holds it. */
  readonly owner: string;
  /** Grows with each change of owner, so that what is written under a lease shows whether it was still the latest. */
  readonly epoch: bigint;
}

/**
 * Leases by the clock of the store that keeps them, which no process's own clock can contradict. A lease that has
 * expired is still its owner's until another process takes it: an owner that is late does no harm.
 */
export interface Leases {
  /**
   * Takes the lease if it is free or has expired; `null` when another has it.
   * @throws {ReadDatabaseUnavailable}
   */
  acquire(name: string, owner: string): Promise<Lease | null>;
  /** Prolongs it; `false` when another has taken it over. @throws {ReadDatabaseUnavailable} */
  renew(lease: Lease): Promise<boolean>;
  /** Lets the next one have it at once. @throws {ReadDatabaseUnavailable} */
  release(lease: Lease): Promise<void>;
}
