import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Flat } from '../wire.ts';
import { DamageFound } from './damage-found.ts';
import type { StreamDirectory } from './stream-directory.ts';

/** One answer is bounded, so that no append waits long behind a read. One transition always fits. */
const MAX_ROWS = 5_000;
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** A position in the log and the transition that is there. */
export interface Place {
  readonly position: number;
  readonly id: string;
}

export interface TransitionReader {
  /** The beginning of what there is from `from` on, up to about so many characters; empty at the end. */
  readStream(query: { readonly stream: string; readonly from: number; readonly characters?: number }): Flat;
  /**
   * Up to `limit` transitions of streams with one of `prefixes`, and the last one that was looked at, whether it
   * concerned the reader or not. @throws when nothing comes after `after`, or something is missing: the log knows better.
   */
  readLog(query: LogQuery): { readonly rows: Flat; readonly last: Place };
  /** `null` where there is nothing. */
  placeAt(position: number): Place | null;
  /** The last position; `null` in an empty log. */
  end(): Place | null;
}

export interface LogQuery {
  readonly after: number;
  /** Of every stream when absent. */
  readonly prefixes: readonly string[] | undefined;
  readonly limit: number;
}

const COLUMNS = 'position, name, revision, transitions.id, type, schema_version, recorded_at';

export function createTransitionReader(database: DatabaseSync, streams: StreamDirectory): TransitionReader {
  const ofStream = database.prepare(`
    SELECT ${COLUMNS}, data, metadata FROM transitions JOIN streams ON number = stream
    WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ${MAX_ROWS}`);
  const ofLog = preparedByCondition((concerns) =>
    // What does not concern the reader comes without its body.
    database.prepare(`
      SELECT ${COLUMNS}, iif(${concerns}, data, NULL), iif(${concerns}, metadata, NULL)
      FROM transitions JOIN streams ON number = stream
      WHERE position > :after ORDER BY position LIMIT ${MAX_ROWS}`),
  );
  const place = database.prepare('SELECT position, id FROM transitions WHERE position = ?');
  const lastPlace = database.prepare('SELECT position, id FROM transitions ORDER BY position DESC LIMIT 1');
  ofStream.setReturnArrays(true);

  return {
    readStream({ stream, from, characters }) {
      const head = streams.find(stream);
      const found = head === null || from > head.revision ? [] : ofStream.iterate(head.number, from);
      return collect(found as Iterable<Row>, MAX_ROWS, characters).rows;
    },
    readLog({ after, prefixes, limit }) {
      const found = ofLog(conditionFor(prefixes)).iterate({ after, ...valuesFor(prefixes) }) as Iterable<Row>;
      const { rows, last } = collect(withoutGaps(found, after), limit);
      if (last === null) throw new Error(`There is nothing after position ${after}`);
      return { rows, last };
    },
    placeAt: (position) => placeOf(place.get(position)),
    end: () => placeOf(lastPlace.get()),
  };
}

/** For the number of prefixes: reading is prepared once for each. `substr` counts in code points. */
function conditionFor(prefixes: readonly string[] | undefined): string {
  if (prefixes === undefined) return 'true';
  return ['false', ...prefixes.map((_, index) => `substr(name, 1, :length${index}) = :prefix${index}`)].join(' OR ');
}

const valuesFor = (prefixes: readonly string[] = []): Record<string, string | number> =>
  Object.fromEntries(
    prefixes.flatMap((prefix, index) => [
      [`prefix${index}`, prefix],
      [`length${index}`, [...prefix].length],
    ]),
  );

function preparedByCondition(prepare: (condition: string) => StatementSync): (condition: string) => StatementSync {
  const prepared = new Map<string, StatementSync>();
  return (condition) => {
    const known = prepared.get(condition);
    if (known !== undefined) return known;
    const statement = prepare(condition);
    statement.setReturnArrays(true);
    prepared.set(condition, statement);
    return statement;
  };
}

type Row = [
  position: number,
  stream: string,
  revision: number,
  id: string,
  type: string,
  schemaVersion: number,
  recordedAt: string,
  data: string | null,
  metadata: string | null,
];

function collect(
  found: Iterable<Row>,
  limit: number,
  maxCharacters = MAX_CHARACTERS,
): { readonly rows: Flat; readonly last: Place | null } {
  const rows: Flat = [];
  let last: Place | null = null;
  let characters = 0;
  let count = 0;
  for (const [position, stream, revision, id, type, schemaVersion, recordedAt, data, metadata] of found) {
    last = { position, id };
    if (data === null || metadata === null) continue;
    rows.push(position, stream, revision, id, type, schemaVersion, recordedAt, data, metadata);
    characters += data.length + metadata.length;
    count += 1;
    if (count >= limit || characters >= maxCharacters) break;
  }
  return { rows, last };
}

/** A row that was removed from the file must stop its subscribers, not be passed over. */
function* withoutGaps(found: Iterable<Row>, after: number): Generator<Row> {
  let expected = after + 1;
  for (const row of found) {
    if (row[0] !== expected) throw new DamageFound(`position ${expected} is missing`);
    expected += 1;
    yield row;
  }
}

const placeOf = (row: Record<string, unknown> | undefined): Place | null =>
  row === undefined ? null : { position: Number(row['position']), id: String(row['id']) };
