import { Malformed } from './failures.ts';

/** A tree size or an index of a leaf: decimal, without leading zeros, exact as a JavaScript number. @throws {Malformed} */
export function parseSize(text: string, what: string): number {
  const size = Number(text);
  if (!/^(?:0|[1-9]\d*)$/.test(text)) throw new Malformed(what, 'is not a decimal number without leading zeros');
  if (!Number.isSafeInteger(size)) throw new Malformed(what, 'is beyond 2^53, which this program does not count to');
  return size;
}
