import type { Clock } from './ports/clock.ts';
import type { LogFields } from './ports/log-fields.ts';
import type { Logger } from './ports/logger.ts';

export const repeatingReportLimits = {
  /** What goes on is one line in so long. */
  repeatAfterMs: 60_000,
  /** What has not occurred for so long is over, once something has gone well. */
  overAfterMs: 10_000,
  /** Kinds that are distinguished; all others count as one. */
  kinds: 100,
} as const;

export type RepeatingReportLimits = { readonly [Name in keyof typeof repeatingReportLimits]: number };

export interface Occurrence {
  /** What goes well or not, such as a route. */
  readonly about: string;
  /** What is the same problem: one line when it begins, and then one in a while. */
  readonly kind: string;
  readonly level: 'info' | 'warn' | 'error';
  /** Of the first line; later ones say how often it has occurred since, and leave `err`, with its stack, out. */
  readonly fields: LogFields;
  readonly message: string;
}

export interface RepeatingReport {
  occurred(occurrence: Occurrence): void;
  /** It went well: what was wrong about it is over if it has not occurred for a while. */
  wentWell(about: string): void;
}

/** Failures of one class are one kind: what differs in their messages are names and numbers. */
export const kindOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

interface Ongoing extends Occurrence {
  /** Occurrences since the last line. */
  unreported: number;
  total: number;
  lastAt: number;
  lastLineAt: number;
}

/**
 * Log lines about what may occur thousands of times in a second: one when it begins, one a minute with a count while it
 * goes on, and one when it is over. What comes and goes counts as going on.
 */
export function createRepeatingReport(
  { logger, clock }: { readonly logger: Logger; readonly clock: Pick<Clock, 'now'> },
  overrides: Partial<RepeatingReportLimits> = {},
): RepeatingReport {
  const limits = { ...repeatingReportLimits, ...overrides };
  const ongoing = new Map<string, Ongoing>();
  /** A clock that was set back has passed any time. */
  const hasPassed = (since: number, durationMs: number, now: number) => now < since || now - since >= durationMs;

  function begin(key: string, occurrence: Occurrence, now: number): void {
    logger[occurrence.level](occurrence.fields, occurrence.message);
    ongoing.set(key, { ...occurrence, unreported: 0, total: 1, lastAt: now, lastLineAt: now });
  }

  /** What has not occurred for longer than its next line would have taken is no longer kept, whether or not anything went well. */
  function makeRoom(now: number): void {
    for (const [key, { lastAt, unreported, level, message, about, kind }] of ongoing) {
      if (!hasPassed(lastAt, limits.repeatAfterMs, now)) continue;
      ongoing.delete(key);
      if (unreported > 0) logger[level]({ about, kind, occurrences: unreported }, `${message}; it has not since`);
    }
  }

  function goOn(known: Ongoing, { level, fields, message }: Occurrence, now: number): void {
    known.unreported++;
    known.total++;
    known.lastAt = now;
    if (!hasPassed(known.lastLineAt, limits.repeatAfterMs, now)) return;
    const { err: _stack, ...others } = fields;
    logger[level]({ ...others, occurrences: known.unreported }, `${message}; it goes on`);
    known.unreported = 0;
    known.lastLineAt = now;
  }

  return {
    occurred(occurrence) {
      const now = clock.now();
      const own = `${occurrence.about} ${occurrence.kind}`;
      if (ongoing.size >= limits.kinds && !ongoing.has(own)) makeRoom(now);
      const key = ongoing.has(own) || ongoing.size < limits.kinds ? own : 'others';
      const known = ongoing.get(key);
      if (known === undefined) begin(key, occurrence, now);
      else goOn(known, occurrence, now);
    },
    wentWell(about) {
      if (ongoing.size === 0) return;
      const now = clock.now();
      for (const [key, each] of ongoing) {
        if (key !== 'others' && each.about !== about) continue;
        if (!hasPassed(each.lastAt, limits.overAfterMs, now)) continue;
        ongoing.delete(key);
        if (each.total > 1)
          logger.info({ about: each.about, kind: each.kind, occurrences: each.total }, `over: ${each.message}`);
      }
    },
  };
}
