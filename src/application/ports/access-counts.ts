/** What is counted instead of being recorded one by one: too many come, or each would cost an append. */
export const countedActs = ['AccessRefused', 'PayloadsRead', 'LogExported'] as const;
export type CountedAct = (typeof countedActs)[number];

/** One request that is counted. */
export interface Access {
  readonly act: CountedAct;
  /** Why it was refused; `null` where it was not. */
  readonly code: 'unauthenticated' | 'permission-missing' | null;
  /** Method and path as they are declared. */
  readonly route: string;
  /** The subject of the token, and its client; `null` without a valid one. */
  readonly principal: string | null;
  readonly clientId: string | null;
  readonly address: string;
  readonly requestId: string;
  /** Payloads that the answer showed. */
  readonly payloads: number;
}

/** Requests of one kind within an hour, as one process has counted them so far. */
export interface AccessCount extends Omit<Access, 'route' | 'address' | 'requestId'> {
  /** UUID. Kept from the first of the requests to the last. */
  readonly id: string;
  /** `null` where there were more routes or addresses than are distinguished. */
  readonly route: string | null;
  readonly address: string | null;
  readonly requests: number;
  /** RFC 3339 in UTC with milliseconds. */
  readonly firstAt: string;
  readonly lastAt: string;
  readonly firstRequestId: string;
  readonly lastRequestId: string;
}

/** Where counts are kept. */
export interface AccessCountStore {
  /**
   * Stores them, or none of them. A count that is there by its id is replaced by a higher one and left alone otherwise, so
   * the same may be saved again. @throws {ReadDatabaseUnavailable} saved or not is unknown.
   */
  save(counts: readonly AccessCount[]): Promise<void>;
  /**
   * Deletes up to `limit` counts that began before `time`, RFC 3339. @returns how many.
   * @throws {ReadDatabaseUnavailable}
   */
  deleteBefore(time: string, limit: number): Promise<number>;
}
