/** What a panel shows, whatever Grafana needs beside it. */
export interface Panel {
  readonly title: string;
  /** The question that it answers, and what a bad answer looks like. */
  readonly description: string;
  /** One of Grafana's: `@grafana/grafana-foundation-sdk/units`. */
  readonly unit: string;
  readonly shows: PanelKind;
  readonly queries: readonly Query[];
  /** Of 24. */
  readonly width: number;
  /** Each series leads to the traces of its label `type`. */
  readonly leadsToTraces?: boolean;
}

/** One number; lines over time; or one bar for each series, of the whole time that is shown. */
export type PanelKind = 'number' | 'lines' | 'bars';

export interface Query {
  readonly expr: string;
  /** With the labels of the series in double braces. */
  readonly legend: string;
}

export interface Board {
  /** Part of its address, so it stays. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Whether it can be narrowed to some types of events: its queries then use `$type`. */
  readonly byType: boolean;
  readonly panels: readonly Panel[];
}

/** A unit that Grafana has no name for. */
export const eachSecond = (what: string) => `suffix: ${what}/s`;

export const query = (expr: string, legend: string): Query => ({ expr, legend });

/** p50, p95 and p99 of a histogram; its selector has the braces, if any. */
export const percentiles = (histogram: string, selector = ''): readonly Query[] =>
  [0.5, 0.95, 0.99].map((share) => query(percentile(share, histogram, selector), `p${share * 100}`));

/** The series are those of `by`. Quantiles of histograms are estimates within a bucket. */
export function percentile(share: number, histogram: string, selector = '', by: readonly string[] = []): string {
  const labels = ['le', ...by].join(', ');
  return `histogram_quantile(${share}, sum by (${labels}) (rate(${histogram}_bucket${selector}[$__rate_interval])))`;
}
