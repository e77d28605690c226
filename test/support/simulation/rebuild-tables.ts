import { ConcurrencyConflict, ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import type { Checkpoint } from '../../../src/application/ports/event-log.ts';
import type { Lease } from '../../../src/application/ports/leases.ts';
import type { ProjectionStore } from '../../../src/projections/projection-store.ts';
import type { ReadModel } from '../../../src/projections/read-model.ts';
import type { ComparedPage, PageAsked } from '../../../src/projections/rebuild/compare-page.ts';
import { besideSlotOf, type Copies, type Copy } from '../../../src/projections/rebuild/copies.ts';
import type { Exchange } from '../../../src/projections/rebuild/exchange.ts';

export interface SeenRow {
  readonly revision: bigint;
  readonly text: string;
}

export interface SeenTables {
  readonly rows: Map<string, SeenRow>;
  checkpoint: Checkpoint | null;
  isCaughtUp: boolean;
}

/** The read model of this simulation: of each event the last transition. Version 3 makes other rows of some, as a mistake would. */
const seen = {
  ...{ name: 'seen', streamPrefixes: ['event-'], tables: ['seen'], createTables: () => [], write: async () => [] },
} as const;
export const seenVersions: readonly [ReadModel<string>, ...ReadModel<string>[]] = [
  { ...seen, version: 1, decode: ({ type }) => type },
  { ...seen, version: 2, decode: ({ type }) => type },
  { ...seen, version: 3, decode: ({ type, stream }) => (/^event-[0-7]/.test(stream) ? `not ${type}` : type) },
];
export const BESIDE = besideSlotOf(seen.name);
const LIVE = '';

interface Watching {
  /** In the transaction of an exchange, before it takes effect. */
  readonly onExchange: (exchange: Exchange) => void;
  readonly onComparison: () => void;
}

/** The read database of rebuilds in memory: each call is one transaction. */
export function createSeenTables({ onExchange, onComparison }: Watching) {
  const empty = (): SeenTables => ({ rows: new Map(), checkpoint: null, isCaughtUp: false });
  const tables = new Map<string, SeenTables>([[LIVE, empty()]]);
  const copies = new Map<string, Copy>();
  let epoch = 0n;

  const requireLease = (lease: Lease | null) => {
    if (lease !== null && lease.epoch !== epoch) throw new ConcurrencyConflict('The lease was taken over');
  };
  function tablesIn(slot: string): SeenTables {
    const found = tables.get(slot);
    if (found === undefined) throw new ReadDatabaseUnavailable(`There is no table in ${slot}`);
    return found;
  }
  function swap<Value>(map: Map<string, Value>): void {
    const [live, beside] = [map.get(LIVE), map.get(BESIDE)];
    if (live === undefined || beside === undefined) throw new ConcurrencyConflict('One of the copies is not there');
    map.set(LIVE, beside).set(BESIDE, live);
  }

  const store = (
    slot: string,
  ): { readonly [Name in keyof ProjectionStore]: (...given: Parameters<ProjectionStore[Name]>) => unknown } => ({
    load(lease = null) {
      if (!tables.has(slot)) requireLease(lease);
      if (!tables.has(slot)) tables.set(slot, empty());
      return tablesIn(slot).checkpoint;
    },
    commit({ decoded, checkpoint, lease }) {
      const table = tablesIn(slot);
      requireLease(lease);
      if (checkpoint !== null && table.checkpoint !== checkpoint.from) throw new ConcurrencyConflict('It was moved');
      for (const { recorded, transition } of decoded)
        if ((table.rows.get(recorded.stream)?.revision ?? -1n) < recorded.revision)
          table.rows.set(recorded.stream, { revision: recorded.revision, text: transition as string });
      if (checkpoint !== null) table.checkpoint = checkpoint.to;
    },
    isCaughtUp: () => tablesIn(slot).isCaughtUp,
    markBehind() {
      const table = tables.get(slot);
      if (table !== undefined) table.isCaughtUp = false;
    },
    markCaughtUp(at) {
      const table = tablesIn(slot);
      if (table.checkpoint !== at) throw new ConcurrencyConflict('It was moved');
      table.isCaughtUp = true;
    },
  });

  const acts: { readonly [Name in keyof Copies]: (...given: Parameters<Copies[Name]>) => unknown } = {
    find: () => ({ live: copies.get(LIVE) ?? null, beside: copies.get(BESIDE) ?? null }),
    adopt(versions) {
      if (!copies.has(LIVE)) copies.set(LIVE, { version: versions[0]?.version ?? 1, rebuildId: null });
    },
    create({ version }, rebuildId, lease) {
      requireLease(lease);
      tables.set(BESIDE, empty());
      copies.set(BESIDE, { version, rebuildId });
    },
    index: () => void tablesIn(BESIDE),
    comparedTable: ({ name }) => ({ name, key: ['stream'], columns: ['revision', 'stream', 'text'], left: [] }),
    compare: (asked) => {
      if (asked.after === null) onComparison();
      return pageOf(tablesIn(LIVE).rows, tablesIn(BESIDE).rows, asked);
    },
    exchange(exchange) {
      requireLease(exchange.lease);
      if (tablesIn(LIVE).checkpoint !== tablesIn(BESIDE).checkpoint)
        throw new ConcurrencyConflict('The two copies are of different positions');
      if (copies.get(BESIDE)?.rebuildId !== exchange.besideRebuildId)
        throw new ConcurrencyConflict('The copy is no longer the one that it was');
      onExchange(exchange);
      swap(tables);
      swap(copies);
    },
    drop(_versions, lease) {
      requireLease(lease);
      tables.delete(BESIDE);
      copies.delete(BESIDE);
    },
  };

  return {
    tables,
    copies,
    store,
    acts,
    live: () => tablesIn(LIVE),
    beside: () => tables.get(BESIDE) ?? null,
    /** The lease is the next process' from now on. */
    nextEpoch: () => ++epoch,
  };
}

function pageOf(
  live: ReadonlyMap<string, SeenRow>,
  beside: ReadonlyMap<string, SeenRow>,
  { after, limit }: PageAsked,
): ComparedPage {
  const keys = [...new Set([...live.keys(), ...beside.keys()])].sort();
  const page = keys.filter((key) => after === null || key > (after[0] ?? '')).slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.length,
    differences: page.flatMap((key) => {
      const [one, other] = [live.get(key), beside.get(key)];
      const kind = one === undefined ? 'extra' : other === undefined ? 'missing' : 'changed';
      const columns = (['revision', 'text'] as const).filter((column) => one?.[column] !== other?.[column]);
      return columns.length === 0 ? [] : [{ key: [key], kind, columns: kind === 'changed' ? columns : [] }];
    }),
    next: last === undefined || last === keys.at(-1) ? null : [last],
  };
}
