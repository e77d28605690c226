import { Tooltip } from '@mantine/core';

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'short' });

export function ago(time: string, now = Date.now()): string {
  const seconds = (Date.parse(time) - now) / 1_000;
  const [unit, size] = units.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  return relative.format(Math.round(seconds / size), unit);
}

/** Relative; the exact time, in UTC, is beside it for the pointer and for readers of the screen. */
export function Time({ at }: { at: string }) {
  return (
    <Tooltip label={at}>
      <time dateTime={at} aria-label={at}>
        {ago(at)}
      </time>
    </Tooltip>
  );
}
