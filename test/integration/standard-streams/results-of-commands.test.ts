import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const eventops = fileURLToPath(new URL('../../../bin/eventops', import.meta.url));

it.each([['token'], ['--help']])('%s ends with 1 and one sentence when its result cannot be written', (command) => {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-unread-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const run = () =>
    execFileSync('sh', ['-c', 'exec "$0" "$1" > /dev/full', eventops, command], {
      env: { ...process.env, DATA_DIR: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
  expect(run).toThrow(
    expect.objectContaining({ status: 1, stderr: 'The result could not be written to standard output (ENOSPC)\n' }),
  );
});
