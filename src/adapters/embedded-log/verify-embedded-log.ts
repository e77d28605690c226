import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createChainCheck } from '../../application/envelope.ts';
import type { RecordedTransition } from '../../application/ports/event-log.ts';
import { NameFilter } from './database/name-filter.ts';
import type { Loss } from './database/proof-of-loss.ts';
import { auditLogFile } from './database/read-log-file.ts';
import { refusal } from './database/refusing.ts';
import { messageOf } from './database/sqlite-error.ts';
import { whatTheSystemSays } from './database/what-the-system-says.ts';
import { decodeRows, type Flat } from './wire.ts';

const MAX_REPORTED = 100;
/** So that a caller can show progress, or be stopped, meanwhile. */
const HISTORIES_BETWEEN_TURNS = 1_000;

export interface Broken {
  /** The log's path where it is not one history but the file. */
  readonly stream: string;
  readonly reason: string;
}

export interface AuditResult {
  readonly streams: number;
  readonly transitions: number;
  readonly brokenCount: number;
  /** The first 100. */
  readonly broken: readonly Broken[];
}

/**
 * Reads a whole log that no process has open, follows every page of the file and every history's chain of hashes, and so
 * finds one changed byte in any stored row, and what the mark of the end or the write-ahead file prove to be missing.
 * Changes nothing. Holds one history at a time; takes about 10 s for 10⁶ transitions.
 * @param holdAgainst is given all transitions as well, in the order of the log.
 * @throws {LogFileRefused} when there is no log, it is in use, its disk cannot be read, or it is so damaged that it cannot
 *   be opened.
 */
export const verifyEmbeddedLog = (path: string, holdAgainst?: HoldAgainst): Promise<AuditResult> =>
  auditLogFile(path, (database, loss) => auditDatabase(path, database, loss, holdAgainst));

/** The same, of a log that is open. @throws {LogFileRefused} when its disk cannot be read. */
export async function auditDatabase(
  path: string,
  database: DatabaseSync,
  loss: Loss | null = null,
  holdAgainst: HoldAgainst = async () => {},
): Promise<AuditResult> {
  const broken: Broken[] = [];
  const result = { streams: 0, transitions: 0, brokenCount: 0, broken };
  const report: Report = (stream, reason) => {
    result.brokenCount += 1;
    if (broken.length < MAX_REPORTED) broken.push({ stream: stream ?? path, reason });
  };
  if (loss !== null) report(null, `it ${loss.claim}: ${loss.what}`);
  try {
    checkFile(database, report);
    for (const history of histories(database)) {
      result.streams += 1;
      result.transitions += history.length;
      checkHistory(history, report);
      if (result.streams % HISTORIES_BETWEEN_TURNS === 0) await nextTurn();
    }
    await holdAgainst(inOrder(database), report);
  } catch (error) {
    // Of a disk that cannot be read nothing is known, so it is not the log that is reported.
    if (whatTheSystemSays(error, path) !== null) throw refusal(path, error);
    report(null, `reading stopped: ${messageOf(error)}`);
  }
  return result;
}

/** `null` for the file. */
type Report = (stream: string | null, reason: string) => void;
/** Holds a log against something else that says what is in it. */
export type HoldAgainst = (transitions: Iterable<RecordedTransition>, report: Report) => Promise<void>;

/** SQLite's own check, and what no index of the file can promise. */
function checkFile(database: DatabaseSync, report: Report): void {
  const each = (sql: string) => database.prepare(sql).iterate();
  for (const { integrity_check: finding } of each('PRAGMA integrity_check'))
    if (finding !== 'ok') report(null, String(finding));
  for (const { what, found, last } of each(
    `SELECT 'positions' AS what, count(*) AS found, coalesce(max(position), 0) AS last FROM transitions
     UNION ALL SELECT 'stream numbers', count(*), coalesce(max(number), 0) FROM streams`,
  ))
    if (found !== last) report(null, `${String(what)} go up to ${String(last)}, but ${String(found)} are there`);
  for (const { name } of each('SELECT name FROM streams GROUP BY name HAVING count(*) > 1'))
    report(String(name), 'the stream is there twice');
  for (const { name } of each(
    'SELECT name FROM streams WHERE NOT EXISTS (SELECT * FROM transitions WHERE stream = number)',
  ))
    report(String(name), 'the stream has no transitions');
  for (const { generation, bits, sha256 } of each('SELECT * FROM name_filters'))
    if (!(bits instanceof Uint8Array) || NameFilter.load(bits, String(sha256)) === null)
      report(null, `the name filter of generation ${String(generation)} was changed`);
}

function checkHistory(history: readonly RecordedTransition[], report: Report): void {
  const isUnbrokenUpTo = createChainCheck();
  const index = history.findIndex((recorded) => !isUnbrokenUpTo(recorded));
  if (index < 0) return;
  report(history[0]?.stream ?? null, `its chain of hashes is broken from its transition ${index} on`);
}

/** Stream after stream, so that one history at a time is held. */
function* histories(database: DatabaseSync): Generator<readonly RecordedTransition[]> {
  const rows = database.prepare(`
    SELECT stream, position, coalesce(name, ''), revision, id, type, schema_version, recorded_at, data, metadata
    FROM transitions LEFT JOIN streams ON number = stream ORDER BY stream, revision`);
  rows.setReturnArrays(true);
  let present: number | null = null;
  let history: Flat = [];
  for (const [stream, ...row] of rows.iterate() as Iterable<[number, ...Flat]>) {
    if (stream !== present && history.length > 0) {
      yield decodeRows(history);
      history = [];
    }
    present = stream;
    history.push(...row);
  }
  if (history.length > 0) yield decodeRows(history);
}

function* inOrder(database: DatabaseSync): Generator<RecordedTransition> {
  const rows = database.prepare(`
    SELECT position, coalesce(name, ''), revision, id, type, schema_version, recorded_at, data, metadata
    FROM transitions LEFT JOIN streams ON number = stream ORDER BY position`);
  rows.setReturnArrays(true);
  for (const row of rows.iterate() as unknown as Iterable<Flat>) yield* decodeRows(row);
}
