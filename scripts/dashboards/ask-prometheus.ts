/** One series of an instant query's answer. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [at: number, value: string];
}

/** What Grafana fills in: all types, and the time that is shown. */
const filledIn = (expr: string, window: string) =>
  expr.replaceAll('$__rate_interval', window).replaceAll('$__range', window).replaceAll('$type', '.*');

export interface Asked {
  /** Of Prometheus. */
  readonly url: string;
  /** What rates are taken over, such as `5m`. */
  readonly window: string;
}

/** @throws when it does not answer, and with what it says of a query that it cannot evaluate. */
export async function askPrometheus({ url, window }: Asked, expr: string): Promise<readonly Sample[]> {
  const query = new URLSearchParams({ query: filledIn(expr, window) });
  const asked = `${url}/api/v1/query?${query.toString()}`;
  const response = await fetch(asked, { signal: AbortSignal.timeout(10_000) }).catch((cause: Error) => {
    throw new Error(`No answer from Prometheus at ${url}; check that it runs there`, { cause });
  });
  const answer = (await response.json()) as {
    readonly status: string;
    readonly error?: string;
    readonly data: { readonly result: readonly Sample[] };
  };
  if (answer.status !== 'success') throw new Error(`${expr}: ${answer.error}`);
  return answer.data.result;
}

/** How many series there are, and the largest value; NaN is what a division by 0 leaves. */
export function inWords(samples: readonly Sample[]): string {
  if (samples.length === 0) return 'no data';
  const largest = Math.max(
    ...samples.map(({ value: [, value] }) => Number(value)).filter((value) => !Number.isNaN(value)),
  );
  const series = samples.length === 1 ? '1 series' : `${samples.length} series`;
  return Number.isFinite(largest) ? `${series}, up to ${Number(largest.toPrecision(3))}` : `${series}, no number`;
}
