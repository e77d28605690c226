import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LogFileRefused } from '../../../../src/adapters/embedded-log/log-file-refused.ts';
import { verifyEmbeddedLog } from '../../../../src/adapters/embedded-log/verify-embedded-log.ts';
import { deriveUuid } from '../../../../src/application/event-identity.ts';
import { received, started, succeeded } from '../../../support/domain/transitions.ts';
import { createEmbeddedPlace, type EmbeddedPlace } from '../../../support/event-log/embedded/embedded-place.ts';
import { seededRandom } from '../../../support/event-log/seeded-random.ts';
import { appendAll } from '../../../support/event-log/transitions.ts';
import { sealedHistory } from '../../../support/sealed-history.ts';
import { count, size } from '../clause.ts';

const EVENTS = 20;
const FLIPS = size(150, 20_000);

/** A closed log of whole histories, as the system writes them. */
async function closedLogOfHistories(): Promise<EmbeddedPlace> {
  const place = createEmbeddedPlace();
  onTestFinished(() => place.destroy());
  const log = await place.open();
  const histories = Array.from({ length: EVENTS }, (_, event) =>
    sealedHistory([received(), started(), succeeded()], deriveUuid('audited', String(event))),
  );
  await appendAll(
    log,
    histories.map((transitions) => ({
      stream: transitions[0]?.stream ?? '',
      expectedRevision: 'no-stream',
      transitions: transitions.map(({ stream: _stream, revision: _revision, position: _position, ...each }) => each),
    })),
  );
  await log.close();
  return place;
}

function tamper(path: string, table: string, sql: string): void {
  const database = new DatabaseSync(path);
  const triggers = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?");
  const dropped = triggers.all(table);
  for (const { name } of dropped) database.exec(`DROP TRIGGER ${String(name)}`);
  database.exec(sql);
  for (const trigger of dropped) database.exec(String(trigger['sql']));
  database.close();
}

/** Every stored row as SQLite reads it from there, or `null` when it cannot. */
function rowsOf(path: string): string | null {
  try {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      const tables = ['sqlite_schema', 'log', 'streams', 'name_filters', 'transitions'];
      // By the row's own key and by every index: a change in an index alone is one, too.
      return JSON.stringify([
        ...tables.map((table) => database.prepare(`SELECT rowid, * FROM ${table} NOT INDEXED ORDER BY rowid`).all()),
        database.prepare('SELECT stream, revision, rowid FROM transitions ORDER BY stream, revision').all(),
        database.prepare('SELECT number >> 15, name, rowid FROM streams ORDER BY number >> 15, name').all(),
      ]);
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
}

async function isFound(path: string): Promise<boolean> {
  try {
    return (await verifyEmbeddedLog(path)).brokenCount > 0;
  } catch (error) {
    if (error instanceof LogFileRefused) return true;
    throw error;
  }
}

describe('the audit of an embedded log', () => {
  it('finds nothing in one that is as it was written', async () => {
    const { path } = await closedLogOfHistories();
    expect(await verifyEmbeddedLog(path)).toEqual({
      streams: EVENTS,
      transitions: 3 * EVENTS,
      brokenCount: 0,
      broken: [],
    });
  });

  it(`finds one changed byte in any stored row: ${count(FLIPS)} bytes tried`, async () => {
    const { path } = await closedLogOfHistories();
    const original = readFileSync(path);
    const rows = rowsOf(path);
    expect(rows).not.toBeNull();
    const random = seededRandom(1);
    let changed = 0;
    for (let flip = 0; flip < FLIPS; flip++) {
      const [offset, bits] = [Math.floor(random() * original.length), 1 + Math.floor(random() * 255)];
      const bytes = Buffer.from(original);
      bytes[offset] = (bytes[offset] ?? 0) ^ bits;
      writeFileSync(path, bytes);
      if (rowsOf(path) === rows) continue;
      changed += 1;
      expect({ offset, bits, found: await isFound(path) }).toEqual({ offset, bits, found: true });
    }
    expect(changed).toBeGreaterThan(FLIPS / 10);
  });

  it.each([
    ['a changed body', 'transitions', `UPDATE transitions SET data = replace(data, 'shop', 'mall') WHERE position = 7`],
    ['a changed moment', 'transitions', `UPDATE transitions SET recorded_at = '2026-01-01T00:00:00.000Z'`],
    ['a transition taken out', 'transitions', 'DELETE FROM transitions WHERE position = 8'],
    ['a whole history taken out', 'transitions', 'DELETE FROM transitions WHERE stream = 3'],
    ['two transitions exchanged', 'transitions', 'UPDATE transitions SET revision = 1 - revision + 100'],
    ['places exchanged', 'transitions', 'UPDATE transitions SET position = 1000 + position WHERE position = 60'],
    ['a renamed stream', 'streams', `UPDATE streams SET name = 'event-x' WHERE number = 3`],
    ['a stream that is there twice', 'streams', 'INSERT INTO streams SELECT 40000, name FROM streams WHERE number = 3'],
    ['another log id', 'log', `UPDATE log SET id = 'x', id_again = 'x'`],
  ])('finds what SQLite itself takes for sound: %s', async (_what, table, sql) => {
    const { path } = await closedLogOfHistories();
    tamper(path, table, sql);
    const { broken } = await verifyEmbeddedLog(path);
    expect(broken).not.toEqual([]);
  });

  it('names the history and the place in it', async () => {
    const { path } = await closedLogOfHistories();
    tamper(path, 'transitions', `UPDATE transitions SET data = '{}' WHERE stream = 5 AND revision = 1`);
    const { broken, brokenCount } = await verifyEmbeddedLog(path);
    expect(brokenCount).toBe(1);
    const stream = `event-${deriveUuid('audited', '4')}`;
    expect(broken).toEqual([{ stream, reason: 'its chain of hashes is broken from its transition 1 on' }]);
  });

  it('lists the first hundred and counts the rest', async () => {
    const { path } = await closedLogOfHistories();
    tamper(path, 'transitions', 'UPDATE transitions SET position = position + 1000 WHERE stream = 9');
    expect((await verifyEmbeddedLog(path)).broken.length).toBeLessThanOrEqual(100);
  });

  it('is refused while somebody has the log, and where there is none', async () => {
    const place = await closedLogOfHistories();
    const log = await place.open();
    await expect(verifyEmbeddedLog(place.path)).rejects.toMatchObject({ problem: 'in-use' });
    await log.close();
    await expect(verifyEmbeddedLog(`${place.path}.nowhere`)).rejects.toMatchObject({ problem: 'unreadable' });
  });
});

describe('the file of an embedded log', () => {
  it.each([
    'UPDATE transitions SET data = data WHERE position = 1',
    'DELETE FROM transitions WHERE position = 60',
    'UPDATE streams SET name = name',
    'DELETE FROM streams',
    `UPDATE log SET id = id`,
    'DELETE FROM log',
  ])('is append-only: %s', async (sql) => {
    const { path } = await closedLogOfHistories();
    const database = new DatabaseSync(path);
    expect(() => database.exec(sql)).toThrow('The log is append-only');
    database.close();
  });

  it('is readable by anybody who knows SQL', async () => {
    const { path } = await closedLogOfHistories();
    const database = new DatabaseSync(path, { readOnly: true });
    const stream = `event-${deriveUuid('audited', '4')}`;
    const types = database.prepare('SELECT type FROM histories WHERE stream = ? ORDER BY revision').all(stream);
    database.close();
    expect(types.map(({ type }) => type)).toEqual(['EventReceived', 'ProcessingStarted', 'ProcessingSucceeded']);
  });
});
