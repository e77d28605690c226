import type { DatabaseSync } from 'node:sqlite';
import { isUnbroken } from '../../application/envelope.ts';
import type { RecordedTransition } from '../../application/ports/event-log.ts';
import { openLogFileForAudit } from './database/log-file.ts';
import { NameFilter } from './database/name-filter.ts';
import { messageOf } from './database/sqlite-error.ts';
import { decodeRows, type Flat } from './wire.ts';

const MAX_REPORTED = 100;

export interface Broken {
  /** `null` when it is the file, not one history. */
  readonly stream: string | null;
  readonly problem: string;
}

export interface AuditResult {
  readonly streams: number;
  readonly transitions: number;
  readonly brokenCount: number;
  /** The first 100. */
  readonly broken: readonly Broken[];
}

/**
 * Reads a whole log that nobody has open, follows every page of the file and every history's chain of hashes, and so
 * finds one changed byte in any stored row. Holds one history at a time. What it cannot find is a log that was cut off
 * at its end: nothing in the file tells of what followed; the subscribers' checkpoints do.
 * @throws {LogFileRefused} when there is no log, it is in use, or it is so damaged that it cannot be opened.
 */
export function verifyEmbeddedLog(path: string): AuditResult {
  const database = openLogFileForAudit(path);
  const findings = createFindings();
  let counts = { streams: 0, transitions: 0 };
  try {
    for (const { integrity_check: finding } of database.prepare('PRAGMA integrity_check').iterate())
      if (finding !== 'ok') findings.add(null, String(finding));
    checkDirectory(database, findings);
    counts = checkHistories(database, findings);
  } catch (error) {
    findings.add(null, `reading stopped: ${messageOf(error)}`);
  } finally {
    database.close();
  }
  return { ...counts, brokenCount: findings.count(), broken: findings.first };
}

interface Findings {
  readonly first: readonly Broken[];
  count(): number;
  add(stream: string | null, problem: string): void;
}

function createFindings(): Findings {
  const first: Broken[] = [];
  let count = 0;
  return {
    first,
    count: () => count,
    add(stream, problem) {
      count += 1;
      if (first.length < MAX_REPORTED) first.push({ stream, problem });
    },
  };
}

/** What no index of the file can promise by itself. */
function checkDirectory(database: DatabaseSync, findings: Findings): void {
  for (const { what, found, last } of database
    .prepare(
      `SELECT 'positions' AS what, count(*) AS found, max(position) AS last FROM transitions
       UNION ALL SELECT 'stream numbers', count(*), max(number) FROM streams`,
    )
    .iterate())
    if (Number(found) !== Number(last)) findings.add(null, `${what} go up to ${last}, but ${found} are there`);
  for (const { name } of database.prepare('SELECT name FROM streams GROUP BY name HAVING count(*) > 1').iterate())
    findings.add(String(name), 'the stream is there twice');
  for (const { generation, bits, sha256 } of database.prepare('SELECT * FROM name_filters').iterate())
    if (!(bits instanceof Uint8Array) || NameFilter.load(bits, String(sha256)) === null)
      findings.add(null, `the name filter of generation ${generation} was changed`);
}

function checkHistories(database: DatabaseSync, findings: Findings): { streams: number; transitions: number } {
  let [streams, transitions] = [0, 0];
  for (const history of histories(database)) {
    streams += 1;
    transitions += history.length;
    if (isUnbroken(history)) continue;
    const index = history.findIndex((_, last) => !isUnbroken(history.slice(0, last + 1)));
    findings.add(history[0]?.stream ?? null, `its chain of hashes breaks at its transition ${index}`);
  }
  return { streams, transitions };
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
