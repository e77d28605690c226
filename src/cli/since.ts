import { InvalidArgumentError } from 'commander';

/** A time, or how long before now. */
export type Since = { readonly at: string } | { readonly agoMs: number };

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

export function parseSince(text: string): Since {
  const [, number, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (number !== undefined) return { agoMs: Number(number) * (unitMs[unit] ?? 0) };
  if (!/^\d{4}-\d\d-\d\dT/i.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('a time such as 2030-01-31T12:00:00Z, or how long ago, such as 30m, 2h or 7d');
  return { at: text };
}

/** @returns milliseconds. */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d{1,6}$/.test(text) || seconds < 1) throw new InvalidArgumentError('whole seconds, from 1 to 999999');
  return seconds * 1_000;
}

export const momentOf = (since: Since, now: number): string =>
  'at' in since ? since.at : new Date(now - since.agoMs).toISOString();
