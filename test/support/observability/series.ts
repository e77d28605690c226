/** How often there is a sample. */
export const INTERVAL_SECONDS = 60;
const SAMPLES_A_MINUTE = 60 / INTERVAL_SECONDS;

type Span = readonly [minutes: number, value: number];

/** A gauge with these values, each for so many minutes, in promtool's notation. */
export const gauge = (...spans: readonly Span[]): string =>
  spans.map(([minutes, value]) => `${value}+0x${minutes * SAMPLES_A_MINUTE - 1}`).join(' ');

/** A counter that rises so much a minute, each for so many minutes. */
export function counter(...spans: readonly Span[]): string {
  let base = 0;
  return spans
    .map(([minutes, aMinute]) => {
      const [samples, step] = [minutes * SAMPLES_A_MINUTE, aMinute / SAMPLES_A_MINUTE];
      const notation = `${base}+${step}x${samples - 1}`;
      base += step * samples;
      return notation;
    })
    .join(' ');
}
