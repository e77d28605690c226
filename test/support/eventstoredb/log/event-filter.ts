import type { LogRecord } from './record.ts';

export type EventFilter = (record: LogRecord) => boolean;

/** What is in $all at all: everything but the server's own book-keeping. */
export const everythingInAll: EventFilter = (record) => {
  if (!record.isSystem) return true;
  const { stream } = record;
  if (stream === '$epoch-information') return false;
  const ofPersistentSubscription = stream.startsWith('$persistentsubscription-$all::');
  return !(ofPersistentSubscription && (stream.endsWith('-checkpoint') || stream.endsWith('-parked')));
};

export interface FilterExpression {
  readonly on: 'stream' | 'type';
  /** Without a regular expression the prefixes count; with neither nothing passes. */
  readonly regex: string;
  readonly prefixes: readonly string[];
}

/** @throws {SyntaxError} for a regular expression that does not parse. */
export function createFilter({ on, regex, prefixes }: FilterExpression): EventFilter {
  const matches = regex === '' ? (text: string) => prefixes.some((prefix) => text.startsWith(prefix)) : matcher(regex);
  return (record) => everythingInAll(record) && matches(on === 'stream' ? record.stream : record.type);
}

const INLINE_OPTIONS = /^\(\?([imsn]+)\)/;

/** Regular expressions are .NET's: its anchors and leading options are written another way in JavaScript. */
function matcher(source: string): (text: string) => boolean {
  const [leading = '', options = ''] = INLINE_OPTIONS.exec(source) ?? [];
  const flags = [...'ims'].filter((flag) => options.includes(flag)).join('');
  const body = source
    .slice(leading.length)
    .replaceAll(/\\[AzZ]/g, (anchor) => (anchor === String.raw`\A` ? '(?<![^])' : '(?![^])'));
  const expression = new RegExp(body, flags);
  return (text) => expression.test(text);
}
