import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const program = fileURLToPath(new URL('../../support/output/writing-process.ts', import.meta.url));

/** A process that writes, started by a shell that gives its streams their destinations. */
function startWriting(shell: string) {
  const child = spawn('sh', ['-c', shell, 'sh', process.execPath, program], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own, which ends with the test, readers included.
    detached: true,
  });
  onTestFinished(() => endGroup(child));
  return child;
}

function endGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-Number(pid), 'SIGKILL');
  } catch {
    // All have ended.
  }
}

interface Dropped {
  readonly output: number;
  readonly error: number;
}

async function write(child: ChildProcess, lines: number): Promise<Dropped> {
  const answer = once(child, 'message');
  child.send(lines);
  return (await answer)[0] as Dropped;
}

async function exitCode(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit');
  child.disconnect();
  return (await ended)[0];
}

const linesOf = (printed: string) =>
  printed
    .trimEnd()
    .split('\n')
    .map((line) => /^line (\d+) |"droppedTexts":(\d+)/.exec(line)?.slice(1) ?? line);

/** From 0 on as many lines as `printed` has, one that says how many are missing, and nothing else. */
function expectOneGap(printed: string, written: number, dropped: number) {
  const kept = Array.from({ length: written - dropped }, (_, index) => [`${index}`, undefined]);
  expect(linesOf(printed)).toEqual([...kept, [undefined, `${dropped}`]]);
}

it('a reader that does not read holds nothing, and later reads all but the one gap', async () => {
  const child = startWriting('exec "$@"');
  await write(child, 3_000);
  const { output, error } = await write(child, 1);
  expect(Math.min(output, error)).toBeGreaterThan(0);
  const reading = [text(child.stdout as Readable), text(child.stderr as Readable)];
  expect(await exitCode(child)).toBe(0);
  const [onOutput = '', onError = ''] = await Promise.all(reading);
  expectOneGap(onOutput, 3_001, output);
  expectOneGap(onError, 3_001, error);
});

it.each([
  ['does not read', 'sleep 60'],
  ['is gone', 'true'],
])('a pipe whose reader %s holds nothing', async (_, reader) => {
  const child = startWriting(`"$@" 2>&1 | ${reader} 3>&-`);
  await write(child, 2_000);
  const { output, error } = await write(child, 1);
  expect(Math.min(output, error)).toBeGreaterThan(0);
});

it('a full device takes nothing, and the process goes on and ends as if it had', async () => {
  const child = startWriting('exec "$@" > /dev/full 2>&1');
  await write(child, 2_000);
  expect((await write(child, 1)).error).toBeGreaterThan(0);
  expect(await exitCode(child)).toBe(0);
});

it('a file that may not grow keeps its beginning, and the process goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-output-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'log');
  writeFileSync(file, '');
  const child = startWriting(`ulimit -f 16; exec "$@" > /dev/null 2>> ${file}`);
  await write(child, 2_000);
  expect((await write(child, 1)).error).toBeGreaterThan(0);
  expect(await exitCode(child)).toBe(0);
  const kept = readFileSync(file, 'utf8');
  expect(kept.length).toBeGreaterThan(1_000);
  expect(linesOf(kept)[0]).toEqual(['0', undefined]);
});
