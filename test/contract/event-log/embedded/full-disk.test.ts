import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

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

describe('an embedded log on a full disk', () => {
  it('refuses appends, loses nothing, can be opened, and goes on when there is room again', ({ skip }) => {
    const why = whyNotHere();
    if (why !== null) {
      console.info(`The embedded log on a full disk: nothing was shown, because ${why}`);
      skip(why);
    }
    const folder = mkdtempSync(join(tmpdir(), 'eventops-full-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
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
