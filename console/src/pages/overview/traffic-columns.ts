import type { AlignedData } from 'uplot';
import type { components } from '../../api/schema.d.ts';

type ByStatus = Extract<components['schemas']['Statistics'], { by: 'status' }>;

export const lines = [
  { status: 'received', label: 'Received', colors: { light: '#1971c2', dark: '#4dabf7' } },
  { status: 'processed', label: 'Processed', colors: { light: '#2b8a3e', dark: '#69db7c' } },
  { status: 'failed', label: 'Failed', colors: { light: '#d9480f', dark: '#ffa94d' } },
  { status: 'dead', label: 'Dead', colors: { light: '#c92a2a', dark: '#ff8787' } },
] as const;

/** A column of times and one for each line. Buckets in which nothing happened are not in the answer, and are zero here. */
export function columnsOf({ since, until, groups }: ByStatus, bucketMs: number): AlignedData {
  const from = Date.parse(since);
  const length = Math.max(1, Math.ceil((Date.parse(until) - from) / bucketMs));
  const times = Array.from({ length }, (_, at) => (from + at * bucketMs) / 1_000);
  const counts = lines.map(({ status }) => {
    const column = Array.from({ length }, () => 0);
    for (const { startedAt, count } of groups.find((group) => group.status === status)?.points ?? []) {
      const at = Math.round((Date.parse(startedAt) - from) / bucketMs);
      if (at < length) column[at] = count;
    }
    return column;
  });
  return [times, ...counts];
}
