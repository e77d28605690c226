/** An event whose next step should have happened by now, as far as the read table knows: to be checked in the log. */
export interface DueEvent {
  readonly eventId: string;
  readonly status: 'RECEIVED' | 'PROCESSING' | 'FAILED';
  readonly generation: number;
  readonly attempts: number;
  /** Of the row. The stream may be further on. */
  readonly revision: number;
}

export interface DueWork {
  /**
   * Events due at `now` (RFC 3339), oldest due first, at most `limit`. RECEIVED: the command seems lost; FAILED: the
   * retry is due; PROCESSING: the lease has ended.
   * @throws {ReadDatabaseUnavailable}
   */
  due(now: string, limit: number): Promise<readonly DueEvent[]>;
  /**
   * Every event that is RECEIVED or PROCESSING, whether due or not, in ascending order of id, after `afterEventId`.
   * What a bus that forgets on restart has to be told again.
   * @throws {ReadDatabaseUnavailable}
   */
  unfinished(afterEventId: string | null, limit: number): Promise<readonly DueEvent[]>;
}
