/** What one process has counted for one key in the window that ends now. */
export interface Count {
  /** What is counted: the same for all processes. */
  readonly what: string;
  readonly key: string;
  readonly count: number;
}

/**
 * Counts of several processes, so that each knows what the others have counted. Not of the log: losing them costs nothing
 * but a window in which each process counts alone.
 */
export interface SharedCounts {
  /**
   * Replaces what this process has reported of these keys. What a process does not report again is forgotten after a window.
   * @throws {ReadDatabaseUnavailable}
   */
  report(counts: readonly Count[]): Promise<void>;
  /** The sums of what all other processes have reported, the largest first, at most `most`. @throws {ReadDatabaseUnavailable} */
  ofOthers(most: number): Promise<readonly Count[]>;
}
