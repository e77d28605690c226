/** The sizes of the sweep's pages, and how long it waits. All of it holds at any size, down to 1. */
export const sweepLimits = {
  /** A retry that is due waits for so long at most; every look costs the database a few small queries. */
  sweepEveryMs: 250,
  /** Rows of one kind that are taken at once. */
  pageRows: 500,
  /**
   * One call to the bus. When the bus is full, publishers take turns, and the dispatcher's calls are ten times as large:
   * under overload most of its room goes to new events, not to asking again for old ones.
   */
  commandsPerCall: 100,
  /** Nothing is asked for again while so many wait in the queue: what is missing there was not lost, but is not reached. */
  maxBacklog: 2_000,
  /** The first of the delays between asking for an event and asking for it again; the worker and the projector have to do their parts. */
  askAgainAfterMs: 30_000,
  /** The last of these delays. An event whose commands vanish time and again is asked for so seldom at the worst. */
  askAgainAtLeastEveryMs: 600_000,
  /** Until a row that was taken comes up again when nothing came of it: the bus, the log or this process went away. */
  holdMs: 5_000,
  /** Appends that wait together are committed together; more of them at once would only crowd the log. */
  leasesAtOnce: 64,
  /** The first of the delays until a lease is looked at again: the projector has to see its end, or clocks differ. */
  lookAgainAfterMs: 1_000,
  /** The last of these delays, for an event that cannot be read. */
  lookAgainAtLeastEveryMs: 600_000,
  /** Until an event whose type is paused is looked at again, in case that its end was missed. */
  lookAtPausedEveryMs: 300_000,
  /** Beginnings of histories that are read at one time, to know the types of events. */
  typesAtOnce: 16,
  /** Until unfinished events that could not be taken up are tried again. */
  hastenAgainAfterMs: 500,
  /** Between two looks at whether the due work is complete, where a dispatcher begins before it is. */
  lookIfCaughtUpEveryMs: 250,
} as const;

export type SweepLimits = { readonly [Name in keyof typeof sweepLimits]: number };
