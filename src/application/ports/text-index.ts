/** A text that failures have in common, under the id that its rows have. */
export interface IndexedText {
  readonly id: string;
  readonly text: string;
}

/** Where texts of failures are looked up by what they say. Whatever is added twice is there once. */
export interface TextIndex {
  /**
   * Creates what the database permits and lacks: extensions, and indexes that stand on them; gives up when `signal` aborts.
   * @throws {ReadDatabaseUnavailable}
   */
  prepare(signal: AbortSignal): Promise<void>;
  /** What the database compares with, in words for an operator; `null` when nothing is missing. @throws {ReadDatabaseUnavailable} */
  limitation(): Promise<string | null>;
  /**
   * Texts of failures beyond a position of the log that are not in the index, and up to where these are all.
   * @throws {ReadDatabaseUnavailable}
   */
  missingAfter(
    position: bigint,
    most: number,
  ): Promise<{ readonly texts: readonly IndexedText[]; readonly upTo: bigint }>;
  /** With their terms, and without vectors yet. @throws {ReadDatabaseUnavailable} */
  add(texts: readonly (IndexedText & { readonly terms: readonly string[] })[]): Promise<void>;
  /** Those without a vector of the model. @throws {ReadDatabaseUnavailable} */
  withoutVector(model: string, most: number): Promise<readonly IndexedText[]>;
  /**
   * Creates the index for vectors such as these first, where there is none. Those of the model that have another dimension are as if there were none.
   * @throws {ReadDatabaseUnavailable}
   */
  keepVectors(
    model: string,
    texts: readonly (IndexedText & { readonly terms: readonly string[]; readonly vector: readonly number[] })[],
    signal: AbortSignal,
  ): Promise<void>;
}
