/** By which fields of payloads events can be found. */
export interface PayloadIndexes {
  /**
   * Makes the indexes of these fields that are missing, and drops those of all others. Takes as long as it takes, or until
   * `signal` aborts. Rows are written meanwhile. @throws {ReadDatabaseUnavailable} @throws {ReadDatabaseRefused}
   */
  keepOnly(
    fields: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly created: readonly string[]; readonly dropped: number }>;
}
