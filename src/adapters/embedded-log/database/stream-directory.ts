import type { DatabaseSync } from 'node:sqlite';
import { NameFilter, namePrint } from './name-filter.ts';
import { GENERATION_BITS } from './schema.ts';

/** Heads of this many streams are remembered at least, and of twice as many at most; about 200 bytes each. */
const REMEMBERED_HEADS = 32_768;
const GENERATION_SIZE = 2 ** GENERATION_BITS;

export interface StreamHead {
  readonly number: number;
  /** Of the stream's last transition. */
  readonly revision: number;
}

/** Which number a stream has and where it stands, as the present transaction sees it. */
export interface StreamDirectory {
  /** `null` when there is no such stream. */
  find(stream: string): StreamHead | null;
  /** Gives a new stream its number. */
  add(stream: string): number;
  /** To be called when transitions were appended up to `head`. */
  move(stream: string, head: StreamHead): void;
  /** The transaction is committed: what it changed may be remembered. */
  commit(): void;
  /** The transaction failed: whatever the file now holds is looked up again. */
  forget(): void;
}

export function createStreamDirectory(database: DatabaseSync): StreamDirectory {
  const byName = database.prepare(`SELECT number FROM streams WHERE number >> ${GENERATION_BITS} = ? AND name = ?`);
  const headOf = database.prepare('SELECT max(revision) AS revision FROM transitions WHERE stream = ?');
  const insertStream = database.prepare('INSERT INTO streams (number, name) VALUES (?, ?)');
  const insertFilter = database.prepare('INSERT INTO name_filters (generation, bits, sha256) VALUES (?, ?, ?)');

  let last = lastNumber(database);
  /** One for each generation, the last one still growing. A name that was rolled back may stay in: it does no harm. */
  const filters = loadFilters(database, last);
  const moved = new Map<string, StreamHead>();
  let recent = new Map<string, StreamHead>();
  let older = new Map<string, StreamHead>();

  function remember(stream: string, head: StreamHead): void {
    if (recent.size >= REMEMBERED_HEADS) [older, recent] = [recent, new Map()];
    recent.set(stream, head);
  }

  function lookUp(stream: string): StreamHead | null {
    const print = namePrint(stream);
    for (let generation = filters.length - 1; generation >= 0; generation--) {
      if (!filters[generation]?.mayHold(print)) continue;
      const number = byName.get(generation, stream)?.['number'];
      if (typeof number === 'number') return { number, revision: Number(headOf.get(number)?.['revision']) };
    }
    return null;
  }

  /** The filter that the names of `generation` go into. The one before is finished then, and stored. */
  function growing(generation: number): NameFilter {
    const present = filters[generation];
    if (present !== undefined) return present;
    const finished = filters[generation - 1]?.stored();
    if (finished !== undefined) insertFilter.run(generation - 1, finished.bits, finished.sha256);
    const next = NameFilter.empty();
    filters[generation] = next;
    return next;
  }

  return {
    find(stream) {
      const known = moved.get(stream) ?? recent.get(stream);
      if (known !== undefined) return known;
      const head = older.get(stream) ?? lookUp(stream);
      if (head !== null) remember(stream, head);
      return head;
    },

    add(stream) {
      last += 1;
      growing(generationOf(last)).add(namePrint(stream));
      insertStream.run(last, stream);
      return last;
    },

    move: (stream, head) => void moved.set(stream, head),

    commit() {
      for (const [stream, head] of moved) remember(stream, head);
      moved.clear();
    },

    forget() {
      moved.clear();
      recent.clear();
      older.clear();
      last = lastNumber(database);
      filters.length = generationOf(last) + 1;
    },
  };
}

const generationOf = (number: number) => Math.floor(number / GENERATION_SIZE);

const lastNumber = (database: DatabaseSync) =>
  Number(database.prepare('SELECT coalesce(max(number), 0) AS number FROM streams').get()?.['number']);

function loadFilters(database: DatabaseSync, last: number): NameFilter[] {
  const stored = database.prepare('SELECT bits, sha256 FROM name_filters WHERE generation = ?');
  const names = database.prepare('SELECT name FROM streams WHERE number BETWEEN ? AND ?');
  return Array.from({ length: generationOf(last) + 1 }, (_, generation) => {
    const row = stored.get(generation);
    const kept = row?.['bits'] instanceof Uint8Array ? NameFilter.load(row['bits'], String(row['sha256'])) : null;
    if (kept !== null) return kept;
    const filter = NameFilter.empty();
    const first = generation * GENERATION_SIZE;
    for (const { name } of names.iterate(first, first + GENERATION_SIZE - 1)) filter.add(namePrint(String(name)));
    return filter;
  });
}
