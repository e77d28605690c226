import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { createFilter, type EventFilter, everythingInAll } from '../log/event-filter.ts';
import type { AllPosition } from '../log/read-all.ts';
import { readUint64 } from './expected-revision.ts';
import { rpcErrors } from './rpc-errors.ts';

/** How many events the server reads at a time, and how far it looks for events that pass a filter by default. */
export const PAGE_EVENTS = 32;

/** How many live events the server keeps for a subscriber that does not take them. */
export const LIVE_BUFFER_EVENTS = 32;

export type IdForm = 'string' | 'structured';
export const idFormOf = (options: ReadReq.Options): IdForm =>
  options.getUuidOption()?.hasString() ? 'string' : 'structured';

const LARGEST_COUNT = Number.MAX_SAFE_INTEGER;
export const countOf = (options: ReadReq.Options) => Math.min(LARGEST_COUNT, Number(options.getCount()));

export const END = 'end';
export const START = 'start';

/** @throws for a revision that is none. */
export function revisionOf(options: ReadReq.Options): number | typeof START | typeof END {
  const stream = options.getStream();
  if (stream?.hasStart()) return START;
  if (stream?.hasEnd()) return END;
  if (!stream?.hasRevision()) throw rpcErrors.exceptionInHandler();
  const revision = readUint64(stream.getRevision());
  return revision < 0 ? END : revision;
}

/** @throws for a position that is none. */
export function positionOf(options: ReadReq.Options): AllPosition | typeof START | typeof END {
  const all = options.getAll();
  if (all?.hasStart()) return START;
  if (all?.hasEnd()) return END;
  const position = all?.getPosition();
  if (position === undefined) throw rpcErrors.exceptionInHandler();
  const commit = readUint64(position.getCommitPosition());
  const prepare = readUint64(position.getPreparePosition());
  if (commit < 0 && prepare < 0) return END;
  // A record cannot be committed before it was written.
  if (BigInt(position.getCommitPosition()) < BigInt(position.getPreparePosition()))
    throw rpcErrors.exceptionInHandler();
  return { commit, prepare };
}

export interface ReadFilter {
  readonly filter: EventFilter;
  readonly isFiltered: boolean;
  /** Most events that are looked at for one page. */
  readonly searchWindow: number;
}

/** @throws for a filter that is none. */
export function filterOf(options: ReadReq.Options): ReadFilter {
  const filter = options.getFilter();
  if (filter === undefined) {
    return { filter: everythingInAll, isFiltered: false, searchWindow: Number.POSITIVE_INFINITY };
  }
  const [type, byType] = ['EventStore.Client.Streams.ReadReq+Types+Options+Types+FilterOptions', filter.getEventType()];
  const expression = byType ?? filter.getStreamIdentifier();
  if (expression === undefined) throw rpcErrors.invalidArgument('{ }', type);
  if (!filter.hasMax() && !filter.hasCount()) throw rpcErrors.invalidArgument('None', `${type}+WindowOneofCase`);
  return {
    filter: createFilter({
      on: byType ? 'type' : 'stream',
      regex: expression.getRegex(),
      prefixes: expression.getPrefixList(),
    }),
    isFiltered: true,
    searchWindow: filter.hasMax() ? filter.getMax() : PAGE_EVENTS,
  };
}
