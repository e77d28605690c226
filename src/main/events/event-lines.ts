import { CannotStart } from '../cannot-start.ts';

/** One event as it is sent, and the line of the file that it is from. */
export interface SentLine {
  readonly number: number;
  readonly text: string;
}

interface About {
  readonly type?: string | undefined;
  readonly source?: string | undefined;
  /** Unless the event has one of its own. */
  readonly key: string;
}

/** What the API takes in one batch, with room to spare. */
const MOST_ITEMS = 1_000;
const MOST_CHARACTERS = 2 * 1024 * 1024;

/**
 * An event on one line, of a payload or of a whole event. Numbers and the order of members stay as they were written: only
 * what is around them is added.
 * @throws {CannotStart} for what cannot be one.
 */
export function eventLine(text: string, { type, source, key }: About, line?: number): string {
  const where = line === undefined ? '' : `Line ${line}: `;
  const json = text.trim();
  const value = parsed(json, where);
  // JSON has line ends between its tokens alone, where a space does as well.
  const flat = json.replaceAll(/[\r\n]+/g, ' ');
  if (type !== undefined) {
    if (source === undefined) throw wrong('--source is missing: --type says that what is sent is a payload alone');
    return `${JSON.stringify({ type, source, idempotencyKey: key }).slice(0, -1)},"payload":${flat}}`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Object.keys(value).length === 0)
    throw wrong(`${where}not an event with type, source and payload; give --type and --source for a payload alone`);
  const added = { ...(source === undefined ? {} : { source }), idempotencyKey: key };
  const missing = Object.fromEntries(Object.entries(added).filter(([name]) => !Object.hasOwn(value, name)));
  if (Object.keys(missing).length === 0) return flat;
  return `${JSON.stringify(missing).slice(0, -1)},${flat.slice(1)}`;
}

function parsed(json: string, where: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw wrong(`${where}not JSON${where === '' ? '; --ndjson for one event on each line' : ''}`);
  }
}

const wrong = (message: string) => new CannotStart(message, { isWrongUse: true });

/** As many as go in one request. */
export async function* batchesOf(
  lines: AsyncIterable<SentLine>,
  { items = MOST_ITEMS, characters = MOST_CHARACTERS } = {},
): AsyncGenerator<readonly SentLine[]> {
  let batch: SentLine[] = [];
  let length = 0;
  for await (const line of lines) {
    if (batch.length >= items || (batch.length > 0 && length + line.text.length > characters)) {
      yield batch;
      [batch, length] = [[], 0];
    }
    batch.push(line);
    length += line.text.length;
  }
  if (batch.length > 0) yield batch;
}
