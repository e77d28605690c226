const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** "1.2 s", "14 ms": to be compared at a glance. */
export function duration(ms: number): string {
  const [unit, size] = units.find(([, each]) => ms >= each) ?? ['ms', 1];
  return `${Number((ms / size).toPrecision(3))} ${unit}`;
}
