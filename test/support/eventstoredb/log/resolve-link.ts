import type { Database } from './database.ts';
import type { LogRecord } from './record.ts';
import { dataOf } from './recorded-event.ts';

/** `event` is missing where a link leads to nothing that can be read. */
export interface ResolvedRecord {
  readonly event: LogRecord | undefined;
  readonly link: LogRecord | undefined;
}

/** A link's body is the revision (-1: the last one) and the stream that it leads to: `3@orders-7`. */
const LINK = /^\s*([+-]?\d+)\s*(?:@(.*))?$/s;

export function resolveLink(database: Database, record: LogRecord): ResolvedRecord {
  if (record.type !== '$>') return { event: record, link: undefined };
  const [, number, stream = ''] = LINK.exec(dataOf(record.message)) ?? [];
  // What has a link's type but does not begin with a number is handed over as it is.
  if (number === undefined) return { event: record, link: undefined };
  const revision = Number(number) === -1 ? database.lastReadableRevision(stream) : Number(number);
  const position = database.readablePosition(stream, revision);
  return { event: position < 0 ? undefined : database.recordAt(position), link: record };
}
