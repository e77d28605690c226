/** Time, so that tests and the simulation can hold it still. Nothing else in domain, application or worker knows it. */
export interface Clock {
  /** Milliseconds since 1970 in UTC. May jump either way: it is the machine's clock. */
  now(): number;
  /** Resolves after `delayMs`, or at once when `signal` aborts. Never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** For deadlines: an hour that the machine's clock is set back must not become an hour without any. */
export interface MonotonicClock extends Clock {
  /** Milliseconds since some moment, with fractions. Never goes back, whatever happens to the machine's clock. */
  monotonicMs(): number;
}

/** RFC 3339 in UTC with milliseconds. Two such texts compare as their moments do. */
export const timestamp = (epochMs: number) => new Date(epochMs).toISOString();
