import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { refusal } from '../../../../src/adapters/embedded-log/database/refusing.ts';
import { leftOpenAfter } from '../../../support/event-log/embedded/left-open.ts';
import { fill as fillLog } from '../../../support/event-log/transitions.ts';

/** A shell in namespaces of its own, where even an ordinary user may mount; nobody else sees what is mounted. */
const [namespaces, ...itsArguments] = ['unshare', '--map-root-user', '--mount', 'sh', '-c'] as const;
const inNamespaces = (script: string, ...args: readonly string[]) =>
  execFileSync(namespaces, [...itsArguments, script, 'sh', ...args], { encoding: 'utf8', stdio: 'pipe' });

function whyNotHere(): string | null {
  try {
    inNamespaces('mount -t tmpfs -o size=64k tmpfs /mnt');
    return null;
  } catch {
    return 'this machine lets nobody mount a small file system';
  }
}

const why = whyNotHere();
if (why !== null) console.info(`The embedded log on a full disk: nothing was shown, because ${why}`);

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-full-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe.skipIf(why !== null)('an embedded log on a full disk', () => {
  it('refuses appends, loses nothing, can be opened, and goes on when there is room again', () => {
    const folder = newFolder();
    const script = new URL('../../../support/event-log/embedded/full-disk-process.ts', import.meta.url).pathname;
    const mountAndRun = 'mount -t tmpfs -o size=5m tmpfs "$1" && exec "$2" "$3" "$1"';
    expect(JSON.parse(inNamespaces(mountAndRun, folder, process.execPath, script))).toEqual({
      appended: true,
      kind: 'refused: unavailable',
      lostWhileFull: 0,
      afterRoom: 'appended',
      secondKind: 'refused: unavailable',
      lostAfterReopening: 0,
      afterReopening: 'appended',
    });
  });
});

describe.skipIf(why !== null)('the audit of an embedded log that was left open', () => {
  const eventops = fileURLToPath(new URL('../../../../bin/eventops', import.meta.url));
  const fill = 'cat /dev/zero > "$1/ballast" 2> /dev/null';
  it.each([
    ['is full', fill, 'its disk is full: make room on it'],
    ['was always full', `rm "$1/lock"; ${fill}`, 'its disk is full: make room on it'],
    ['is read-only', 'mount -o remount,ro "$1"', 'its disk is read-only: mount it for writing'],
  ])('says in one sentence what to do where the disk %s', async (_, failure, advice) => {
    const { path } = await leftOpenAfter((log) => fillLog(log, 100));
    const setUp = 'mount -t tmpfs -o size=4m tmpfs "$1" && chmod 700 "$1" && touch "$1/lock"';
    const copy = 'for suffix in "" -wal .end; do cp "$2$suffix" "$1/log.sqlite$suffix"; done';
    const verify = 'DATA_DIR="$1" "$3" verify 2>&1; echo "exit code $?"';
    const said = inNamespaces(`${setUp}; ${copy}; ${failure}; ${verify}`, newFolder(), path, eventops);
    expect(said).toMatch(new RegExp(`cannot be used: [^\n]+\\. What to do: ${advice}[^\n]+\nexit code 2\n$`));
    expect(said.trim().split('\n')).toHaveLength(2);
  });

  it.each([
    ['EACCES', 'let this user read and write it'],
    ['EMFILE', 'raise its limit (ulimit -n)'],
    ['EIO', "look into the system's log"],
    ['EDQUOT', 'make room in it'],
  ])('says what to do about %s', (code, advice) => {
    const error = Object.assign(new Error(`${code}: as the system says, open`), { code, syscall: 'open' });
    expect(refusal('/data/log.sqlite', error).message).toContain(
      `/data/log.sqlite cannot be used: ${error.message}. What to do: `,
    );
    expect(refusal('/data/log.sqlite', error).message).toContain(advice);
  });
});
