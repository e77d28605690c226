import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { verifyBackup } from '../../../src/adapters/embedded-log/backup/verify-backup.ts';
import { readConfig } from '../../../src/config/config.ts';
import { backUpLog } from '../../../src/main/back-up-log.ts';
import { appendEvents, startLog, TRANSITIONS_OF_AN_EVENT } from '../../support/event-log/embedded/log-of-histories.ts';
import { scaled } from '../../support/faults/scale.ts';
import { seededMoments } from '../../support/faults/seeded-moments.ts';
import { mountSmallDisk, whyNoSmallDisk } from '../../support/faults/special/small-disk.ts';

const LIVES = scaled(60);
const LONGEST_LIFE_MS = 1_500;
const SCRIPT = new URL('../../support/faults/special/backing-up-process.ts', import.meta.url).pathname;

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-killed-backups-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it(`a kill while a backup is written leaves no file under its name that is not whole: ${LIVES} kills`, async () => {
  const [dataFolder, backups] = [newFolder(), newFolder()];
  const { within } = seededMoments(1, 'killed backups');
  /** How many events were answered for when each backup was begun. */
  const begun = new Map<string, number>();
  let answered = 0;
  for (let life = 0; life < LIVES; life += 1) {
    const args = [SCRIPT, dataFolder, backups, String(life * 100_000), String(life)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    const closed = Promise.all([once(child, 'close'), once(lines, 'close')]);
    const first = once(lines, 'line');
    let ofLife = 0;
    lines.on('line', (line) => {
      const [what, file = '', events] = line.split(' ');
      if (what === 'answered') ofLife = Number(file) - life * 100_000;
      if (what === 'begun') begun.set(file, answered + Number(events) - life * 100_000);
    });
    await Promise.race([first, closed]);
    await within(LONGEST_LIFE_MS);
    expect({ life, ended: child.exitCode }).toEqual({ life, ended: null });
    child.kill('SIGKILL');
    await closed;
    answered += ofLife;
  }
  const written = [...begun].filter(([file]) => existsSync(file));
  for (const [file, events] of written) {
    const { seal, audit } = await verifyBackup(file);
    expect(audit.brokenCount).toBe(0);
    expect({ file, position: seal.position >= events * TRANSITIONS_OF_AN_EVENT }).toEqual({ file, position: true });
  }
  const others = readdirSync(backups).filter((name) => !begun.has(join(backups, name)));
  expect(others.filter((name) => !/\.partial(-journal)?$/.test(name))).toEqual([]);
  await backUpLog(readConfig({ DATA_DIR: dataFolder }), join(backups, 'last'));
  expect((await verifyBackup(join(backups, 'last'))).seal.histories).toBeGreaterThanOrEqual(answered);
  process.stdout.write(`${written.length} backups were whole, ${begun.size - written.length} were killed\n`);
});

const why = whyNoSmallDisk();

it.skipIf(why !== null)('a disk that gets full ends a backup, which leaves nothing, and the log goes on', async () => {
  const [dataFolder, diskFolder] = [newFolder(), newFolder()];
  const disk = mountSmallDisk(diskFolder, 1);
  onTestFinished(() => disk.remove());
  const { log, stop } = await startLog(dataFolder);
  onTestFinished(stop);
  await appendEvents(log, 0, 1_000);
  const file = join(diskFolder, 'backup');
  await expect(backUpLog(readConfig({ DATA_DIR: dataFolder }), file)).rejects.toThrow(
    /its disk is full: make room on it/,
  );
  expect(readdirSync(diskFolder)).toEqual([]);
  await appendEvents(log, 1_000, 1_001);
  // On another file system than the log.
  const elsewhere = join(newFolder(), 'backup');
  await backUpLog(readConfig({ DATA_DIR: dataFolder }), elsewhere);
  expect(statSync(elsewhere).size).toBeGreaterThan(1024 * 1024);
});
