/** How long rules look back and wait. Tests have all of it shorter by one factor: they cannot wait for minutes. */
export interface Pace {
  /** As Prometheus writes it. */
  readonly duration: (seconds: number) => string;
  /** For a comparison with a metric in seconds. */
  readonly seconds: (seconds: number) => number;
}

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

function written(seconds: number): string {
  const [unit, size] = units.find(([, each]) => seconds % each === 0 && seconds >= each) ?? ['ms', 0.001];
  return `${Math.round(seconds / size)}${unit}`;
}

export const paceOf = (factor: number): Pace => ({
  duration: (seconds) => written(seconds / factor),
  seconds: (seconds) => seconds / factor,
});

export const usualPace = paceOf(1);

export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
