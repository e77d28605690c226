import { StringDecoder } from 'node:string_decoder';

/**
 * Cuts a stream of bytes into lines.
 * @param maxCharacters of one line. More than that is not what we send to ourselves.
 * @throws {RangeError} from `push` for a longer line.
 */
export function createLineReader(maxCharacters: number, onLine: (line: string) => void) {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return (chunk: Buffer): void => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxCharacters) throw new RangeError(`A line of more than ${maxCharacters} characters`);
    for (const line of lines) onLine(line);
  };
}
