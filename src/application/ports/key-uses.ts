/** When API keys were used last, to the hour. Of use to people alone: nothing is decided by it, and it may be lost. */
export interface KeyUses {
  /** The hour of each key's last use, RFC 3339, by the key's id. @throws {ReadDatabaseUnavailable} */
  lastUses(): Promise<ReadonlyMap<string, string>>;
  /** Keeps each unless a later one is kept. @throws {ReadDatabaseUnavailable} */
  save(uses: ReadonlyMap<string, string>): Promise<void>;
}
