import { Malformed } from '../application/transparency/failures.ts';

/** Of a line of an export: a bundle of entries, or a transition of the largest size. */
const LONGEST_LINE = 4 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines of a text in UTF-8, without their ends; what follows the last end is a line, too. No more than a line and a chunk of it is
 * in memory at one time.
 * @param longestFirst bytes of the first line, which may be a whole receipt.
 * @throws {Malformed} for a line that is too long, or not UTF-8.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  longestFirst = LONGEST_LINE,
): AsyncGenerator<string> {
  const longestOf = (line: number) => (line === 1 ? longestFirst : LONGEST_LINE);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let number = 0;
  let parts: Uint8Array[] = [];
  let length = 0;
  const take = (end: Uint8Array): string => {
    number += 1;
    const bytes = parts.length === 0 ? end : Buffer.concat([...parts, end]);
    if (length + end.length > longestOf(number)) throw tooLong(number);
    [parts, length] = [[], 0];
    try {
      return decoder.decode(bytes);
    } catch {
      throw new Malformed(`Line ${number}`, 'is not UTF-8');
    }
  };
  const tooLong = (line: number) => new Malformed(`Line ${line}`, `is longer than ${longestOf(line)} bytes`);

  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      yield take(chunk.subarray(from, end));
      from = end + 1;
    }
    if (from === chunk.length) continue;
    parts.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > longestOf(number + 1)) throw tooLong(number + 1);
  }
  if (length > 0) yield take(new Uint8Array());
}
