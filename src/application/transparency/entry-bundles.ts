import { Malformed } from './failures.ts';

const MAX_ENTRY_BYTES = 0xff_ff;

/** C2SP tlog-tiles: each entry after its length, as a big-endian number of 16 bits. */
export function encodeBundle(entries: readonly Buffer[]): Buffer {
  const bundle = Buffer.allocUnsafe(entries.reduce((bytes, { length }) => bytes + 2 + length, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_BYTES)
      throw new RangeError(`An entry of ${entry.length} bytes is longer than a bundle can say`);
    at = bundle.writeUInt16BE(entry.length, at);
    at += entry.copy(bundle, at);
  }
  return bundle;
}

/** @throws {Malformed} when the bundle does not hold exactly `count` entries. */
export function decodeBundle(bundle: Buffer, count: number, what = 'The entry bundle'): readonly Buffer[] {
  const entries: Buffer[] = [];
  let at = 0;
  while (at < bundle.length) {
    const from = at + 2;
    const to = from + (from <= bundle.length ? bundle.readUInt16BE(at) : 0);
    if (from > bundle.length || to > bundle.length) throw new Malformed(what, 'ends within an entry');
    entries.push(bundle.subarray(from, to));
    at = to;
  }
  if (entries.length !== count) throw new Malformed(what, `has ${entries.length} entries, and has to have ${count}`);
  return entries;
}
