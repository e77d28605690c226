import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readSecretFile } from '../../../src/config/read-secret-file.ts';

function pipe(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-pipe-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

describe('a secret that comes through a pipe', () => {
  it('is read whole, also when its writer comes later and writes in pieces', () => {
    const path = pipe();
    const writer = spawn('sh', [
      '-c',
      '{ printf "postgres://user:"; sleep 0.1; printf "secret@host/db"; } > "$1"',
      '-',
      path,
    ]);
    onTestFinished(() => void writer.kill());
    expect(readSecretFile(path, 60_000)).toEqual({ content: 'postgres://user:secret@host/db', problem: null });
  });

  it('is a problem that is said when no writer ever comes', () => {
    expect(readSecretFile(pipe(), 40)).toEqual({
      content: null,
      problem: 'it is a pipe whose end did not come within 0.04 s',
    });
  });
});
