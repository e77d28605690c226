import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LogFileOptions, openLogFile } from '../../../../src/adapters/embedded-log/database/log-file.ts';
import { LogFileRefused } from '../../../../src/adapters/embedded-log/log-file-refused.ts';
import { openEmbeddedLog } from '../../../../src/adapters/embedded-log/open-embedded-log.ts';
import { verifyEmbeddedLog } from '../../../../src/adapters/embedded-log/verify-embedded-log.ts';
import type { EventLog } from '../../../../src/application/ports/event-log.ts';
import { copyOf, leftOpenAfter, newFolder } from '../../../support/event-log/embedded/left-open.ts';
import { seededRandom } from '../../../support/event-log/seeded-random.ts';
import { appendAll, request, transitions } from '../../../support/event-log/transitions.ts';
import { count, size } from '../clause.ts';

const COMMITS = 12;
const FLIPS = size(40, 2_000);
const BOOT = 'one start of the machine';
/** Only what must be marked is. */
const RARELY = { everyMs: 1e9, idleMs: 1e9 };
const ALWAYS = { everyMs: 0, idleMs: 1e9 };
const WAL_HEADER_BYTES = 32;
const FRAME_BYTES = 24 + 4_096;

const data = JSON.stringify('x'.repeat(3_000));
/** One commit of several frames for each. */
const commits = (number: number) => async (log: EventLog) => {
  for (let commit = 0; commit < number; commit++)
    await appendAll(log, [request({ transitions: transitions(2, { data }) })]);
};

/** What is in it when it is opened: a number of transitions, or why it was refused. */
function opened(path: string, options: LogFileOptions = { bootId: BOOT }): number | LogFileRefused {
  try {
    const { database } = openLogFile(path, options);
    const found = Number(database.prepare('SELECT count(*) AS found FROM transitions').get()?.['found']);
    database.close();
    return found;
  } catch (error) {
    if (error instanceof LogFileRefused) return error;
    throw error;
  }
}

function expectRefusal(path: string, upTo: number, ...words: readonly string[]): void {
  const refusal = opened(path);
  expect(refusal).toBeInstanceOf(LogFileRefused);
  if (!(refusal instanceof LogFileRefused)) return;
  expect(refusal.problem).toBe('incomplete');
  for (const word of [path, `--accept-lost-transitions ${upTo}`, ...words]) expect(refusal.message).toContain(word);
}

function flip(file: string, byte: number, bits = 1): void {
  const bytes = readFileSync(file);
  bytes[byte] = (bytes[byte] ?? 0) ^ bits;
  writeFileSync(file, bytes);
}

/** Where each commit of the write-ahead file ends. */
function endsOfCommits(file: string): readonly number[] {
  const bytes = readFileSync(file);
  const ends: number[] = [];
  for (let at = WAL_HEADER_BYTES; at + FRAME_BYTES <= bytes.length; at += FRAME_BYTES)
    if (bytes.readUInt32BE(at + 4) !== 0) ends.push(at + FRAME_BYTES);
  return ends;
}

const leftOpen = (limits: typeof RARELY) => leftOpenAfter(commits(COMMITS), { limits, bootId: BOOT });

describe('one flipped bit in the write-ahead file of an embedded log that was left open', () => {
  it.each([
    ['a kill', BOOT, 1],
    ['a power cut', 'the next start of the machine', 3],
  ])(`is noticed after %s, also without a mark: ${count(FLIPS)} bits tried`, async (_, bootId, unprovableCommits) => {
    const left = await leftOpen(RARELY);
    const wal = `${left.path}-wal`;
    const provable = (endsOfCommits(wal).at(-1 - unprovableCommits) ?? 0) - WAL_HEADER_BYTES;
    const [original, random] = [readFileSync(wal), seededRandom(1)];
    for (let turn = 0; turn < FLIPS; turn++) {
      const byte = WAL_HEADER_BYTES + Math.floor(random() * provable);
      const { path } = left.copy();
      writeFileSync(`${path}-wal`, original);
      flip(`${path}-wal`, byte, 1 << Math.floor(random() * 8));
      expect({ byte, opened: opened(path, { bootId }) }).toEqual({ byte, opened: expect.any(LogFileRefused) });
    }
  });

  it('is noticed in its header', async () => {
    const left = await leftOpen(RARELY);
    for (let byte = 0; byte < WAL_HEADER_BYTES; byte++) {
      const { path } = left.copy();
      flip(`${path}-wal`, byte);
      expectRefusal(path, 2, 'header of its write-ahead file');
    }
  });

  it('is noticed in its last commit, when that is marked', async () => {
    const left = await leftOpen(ALWAYS);
    const wal = `${left.path}-wal`;
    flip(wal, statSync(wal).size - 10);
    expectRefusal(left.path, 2 * COMMITS, `positions ${2 * COMMITS - 1} to ${2 * COMMITS} are missing`);
  });
});

describe('an embedded log opens without complaint', () => {
  it('with what a kill left of the commit under way, whatever part that is', async () => {
    const left = await leftOpen(RARELY);
    const ends = endsOfCommits(`${left.path}-wal`);
    const [before = 0, last = 0] = ends.slice(-2);
    const random = seededRandom(2);
    for (let turn = 0; turn < 20; turn++) {
      const { path } = left.copy();
      truncateSync(`${path}-wal`, before + Math.floor(random() * (last - before)));
      expect(opened(path)).toBe(2 * (COMMITS - 1));
    }
  });

  it('with what a power cut left of the commit under way, in any order', async () => {
    const left = await leftOpen(RARELY);
    const original = readFileSync(`${left.path}-wal`);
    const [before = 0] = endsOfCommits(`${left.path}-wal`).slice(-2);
    const random = seededRandom(3);
    for (let turn = 0; turn < 40; turn++) {
      const { path } = left.copy();
      const torn = Buffer.from(original);
      for (let sector = Math.ceil(before / 512) * 512; sector + 512 <= torn.length; sector += 512)
        if (random() < 0.3) torn.fill(0, sector, sector + 512);
      writeFileSync(`${path}-wal`, torn);
      expect(opened(path, { bootId: 'the next start of the machine' })).toBeGreaterThanOrEqual(2 * (COMMITS - 1));
    }
  });

  it('with frames of a commit that a full disk undid', async () => {
    const { path } = await leftOpen(RARELY);
    const [before = 0, last = 0] = endsOfCommits(`${path}-wal`).slice(-2);
    truncateSync(`${path}-wal`, last - FRAME_BYTES);
    flip(`${path}-wal`, before + 100);
    expect(opened(path)).toBe(2 * (COMMITS - 1));
  });

  it('after it was closed', async () => {
    const left = await leftOpen(RARELY);
    expect(opened(left.path)).toBe(2 * COMMITS);
    expect(opened(left.path)).toBe(2 * COMMITS);
  });

  it('after its creation was interrupted, when its mark is there and it is not', () => {
    const path = join(newFolder(), 'log.db');
    expect(opened(path)).toBe(0);
    rmSync(path);
    expect(opened(path)).toBe(0);
  });
});

describe('an embedded log that lost its end is refused with what is missing', () => {
  it.each([
    ['its write-ahead file is gone', 'missing or empty', (path: string) => rmSync(`${path}-wal`)],
    ['its write-ahead file was emptied', 'missing or empty', (path: string) => truncateSync(`${path}-wal`)],
    ['its write-ahead file was cut', 'cut off', (path: string) => truncateSync(`${path}-wal`, 30_000)],
    ['its file is gone', 'it is missing', (path: string) => rmSync(path)],
  ])('when %s', async (_, word, damage) => {
    const { path } = await leftOpen(ALWAYS);
    damage(path);
    expectRefusal(path, 2 * COMMITS, word, `position ${2 * COMMITS}`);
  });

  it('when its file is an older one', async () => {
    const { path } = await leftOpen(ALWAYS);
    expect(opened(path)).toBe(2 * COMMITS);
    const older = readFileSync(path);
    const log = await openEmbeddedLog({ path });
    await commits(1)(log);
    await log.close();
    writeFileSync(path, older);
    expectRefusal(path, 2 * COMMITS + 2, 'or the file is an older one', `ends at position ${2 * COMMITS}`);
  });

  it('when its file is that of another log', async () => {
    const [{ path }, other] = [await leftOpen(ALWAYS), await leftOpen(ALWAYS)];
    expect(opened(other.path)).toBe(2 * COMMITS);
    for (const suffix of ['', '-wal']) rmSync(`${path}${suffix}`);
    writeFileSync(path, readFileSync(other.path));
    expectRefusal(path, 2 * COMMITS, 'it is the log');
  });

  it('when its mark cannot be read', async () => {
    const { path } = await leftOpen(ALWAYS);
    writeFileSync(`${path}.end`, 'nothing that we wrote');
    expectRefusal(path, 2 * COMMITS, 'may have lost', 'cannot be read');
    for (const suffix of ['', '-wal']) rmSync(`${path}${suffix}`);
    expectRefusal(path, 0, 'may have lost', 'it is missing');
    expect(existsSync(path)).toBe(false);
  });

  it('when its mark is not there, as a version without marks left it, until an operator says that it is whole', async () => {
    const { path } = await leftOpen(ALWAYS);
    expect(opened(path)).toBe(2 * COMMITS);
    rmSync(`${path}.end`);
    expectRefusal(path, 2 * COMMITS, 'may have lost', 'wrote no marks', `${path}.end, is missing`);
    expect(opened(path, { acceptLossUpTo: 2 * COMMITS })).toBe(2 * COMMITS);
    expect(readdirSync(dirname(path)).filter((name) => name.startsWith('kept-'))).toEqual([]);
    await (await openEmbeddedLog({ path, acceptLossUpTo: 2 * COMMITS })).close();
    expect(opened(path)).toBe(2 * COMMITS);
  });

  it('when its file was copied alone, before anything of its write-ahead file came into it', async () => {
    const { path } = await leftOpen(ALWAYS);
    for (const suffix of ['-wal', '.end']) rmSync(`${path}${suffix}`);
    expectRefusal(path, 0, 'may have lost', 'is missing');
  });

  it('by its damaged write-ahead file rather than by the mark that is not there', async () => {
    const { path } = await leftOpen(ALWAYS);
    rmSync(`${path}.end`);
    flip(`${path}-wal`, WAL_HEADER_BYTES + 100);
    expectRefusal(path, 1, 'has lost', 'is damaged at byte');
  });

  it('but not because of one slot of its mark, which a power cut may tear', async () => {
    const { path } = await leftOpen(ALWAYS);
    for (const byte of [10, 522]) {
      const torn = copyOf(path);
      flip(`${torn.path}.end`, byte);
      expect(opened(torn.path)).toBe(2 * COMMITS);
    }
  });

  it('until an operator accepts that, and keeps aside what is left', async () => {
    const { path } = await leftOpen(ALWAYS);
    flip(`${path}-wal`, 30_000);
    const left = readFileSync(`${path}-wal`);
    expect(opened(path, { bootId: BOOT, acceptLossUpTo: 2 * COMMITS - 1 })).toBeInstanceOf(LogFileRefused);
    expect(readFileSync(`${path}-wal`)).toEqual(left);
    expect(opened(path, { bootId: BOOT, acceptLossUpTo: 2 * COMMITS })).toBeLessThan(2 * COMMITS);
    const kept = readdirSync(dirname(path)).filter((name) => name.startsWith('kept-'));
    expect(kept).toHaveLength(1);
    expect(readFileSync(join(dirname(path), kept[0] ?? '', 'log.db-wal'))).toEqual(left);
  });

  it('and the audit says the same and changes nothing', async () => {
    const { path } = await leftOpen(ALWAYS);
    flip(`${path}-wal`, 30_000);
    const left = readFileSync(`${path}-wal`);
    const { broken } = await verifyEmbeddedLog(path);
    expect(broken[0]).toEqual({ stream: path, reason: expect.stringContaining(`to ${2 * COMMITS} are missing`) });
    expect(readFileSync(`${path}-wal`)).toEqual(left);
    expect(existsSync(`${path}-shm`)).toBe(false);
  });
});
