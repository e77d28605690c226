import { durationOf } from './histogram.ts';
import { type Counted, countedNames } from './table.ts';

/** Of durations: how many there were, and which none but so many per cent exceeded. */
export interface Durations {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** What happened to some events in some time. */
export interface Figures {
  readonly counts: Readonly<Record<Counted, number>>;
  /** Of the attempts that had an outcome, the part after which another one was scheduled; `null` where there was none. */
  readonly retryRate: number | null;
  /** How long handlers ran; `null` where none did. */
  readonly attempts: Durations | null;
  /** From receipt, or replay, to the end; `null` where nothing ended. */
  readonly endToEnd: Durations | null;
}

type Percentiles<Measure extends string> = Readonly<
  Record<`${Measure}_count` | `${Measure}_p50` | `${Measure}_p95` | `${Measure}_p99`, string | null>
>;
/** As the database adds them up: counts as text, percentiles as classes of a histogram. */
export type FiguresRow = Readonly<Record<Counted, string>> & Percentiles<'attempt' | 'end_to_end'>;

export function figuresOf(row: FiguresRow): Figures {
  const counts = Object.fromEntries(countedNames.map((name) => [name, Number(row[name])])) as Record<Counted, number>;
  const outcomes = counts.processed + counts.failed;
  return {
    counts,
    retryRate: outcomes === 0 ? null : Math.round((counts.retried / outcomes) * 10_000) / 10_000,
    attempts: durationsOf(row, 'attempt'),
    endToEnd: durationsOf(row, 'end_to_end'),
  };
}

function durationsOf<Measure extends 'attempt' | 'end_to_end'>(
  row: Percentiles<Measure>,
  measure: Measure,
): Durations | null {
  const count = row[`${measure}_count`];
  if (count === null) return null;
  const percentile = (of: 'p50' | 'p95' | 'p99') => durationOf(Number(row[`${measure}_${of}`]));
  return { count: Number(count), p50Ms: percentile('p50'), p95Ms: percentile('p95'), p99Ms: percentile('p99') };
}
