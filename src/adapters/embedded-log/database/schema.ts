/** "EvOp" in ASCII: by this number a SQLite file says that it is an event log. */
export const APPLICATION_ID = 0x45764f70;
/** Grows when a file of this version could no longer be read by the previous one. */
export const FORMAT = 1;

/**
 * New streams carry random names, so one index over all names would touch a random page for each new stream: at 10⁶
 * streams that halved the appends per second. Names are therefore indexed in generations of this many bits of their
 * number; only the last generation grows, and it stays in memory. A filter for each finished generation says which
 * generations to look into at all (name-filter.ts).
 */
export const GENERATION_BITS = 15;

/**
 * `streams.number` and `transitions.position` are given out densely from 1 by the one writer. The log's id stands twice
 * so that the integrity check finds a changed byte there, too: no hash chain covers it.
 */
export const SCHEMA = `
CREATE TABLE log (
  id TEXT NOT NULL,
  id_again TEXT NOT NULL CHECK (id_again = id)
) STRICT;

CREATE TABLE streams (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX streams_by_name ON streams (number >> ${GENERATION_BITS}, name);

CREATE TABLE name_filters (
  generation INTEGER PRIMARY KEY,
  bits BLOB NOT NULL,
  sha256 TEXT NOT NULL
) STRICT;

CREATE TABLE transitions (
  position INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  schema_version INTEGER NOT NULL,
  recorded_at TEXT NOT NULL,
  data TEXT NOT NULL,
  metadata TEXT NOT NULL,
  UNIQUE (stream, revision)
) STRICT;

CREATE VIEW histories AS
  SELECT position, name AS stream, revision, id, type, schema_version, recorded_at, data, metadata
  FROM transitions JOIN streams ON streams.number = transitions.stream;

${['log', 'streams', 'transitions'].flatMap(appendOnly).join('\n')}
`;

function appendOnly(table: string): string[] {
  return ['UPDATE', 'DELETE'].map(
    (change) =>
      `CREATE TRIGGER ${table}_refuse_${change.toLowerCase()} BEFORE ${change} ON ${table} ` +
      `BEGIN SELECT RAISE(ABORT, 'The log is append-only'); END;`,
  );
}
