import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { moduleBeside } from '../../application/module-beside.ts';
import type { CellEvents, CellLink, StartCell } from './cell-link.ts';
import { createLineReader } from './lines.ts';
import type { CellEnd, CellSettings, FromCell } from './messages.ts';
import { CHANNEL_DESCRIPTOR, MAX_LINE_CHARACTERS, OUT_OF_MEMORY, WATCHDOG_DESCRIPTOR } from './process-layout.ts';

const MAIN = fileURLToPath(moduleBeside(import.meta.url, './cell/process-main'));
const STDERR_TAIL_CHARACTERS = 4_096;
/** What the process wrote last may still lie in the socket when its end is known. */
const DRAIN_WITHIN_MS = 500;

/** A process in a group of its own, so that what a handler starts ends with it. */
export const startProcess: StartCell = (settings, events) => {
  const child = spawn(process.execPath, [...flagsOf(settings), MAIN, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const channel = child.stdio[CHANNEL_DESCRIPTOR] as Duplex;
  let killedFor: CellEnd | null = null;
  let isOutOfMemory = false;
  let tail = '';

  const kill = (how: CellEnd) => {
    killedFor ??= how;
    endGroup(child);
  };
  read(child.stdout as Readable, events.wrote);
  read(child.stderr as Readable, (text) => {
    tail = (tail + text).slice(-STDERR_TAIL_CHARACTERS);
    events.wrote(text);
  });
  read(child.stdio[WATCHDOG_DESCRIPTOR] as Readable, (text) => {
    isOutOfMemory ||= text.includes(OUT_OF_MEMORY);
  });
  const drained = listen(channel, events, () =>
    kill({ kind: 'crashed', how: 'was killed, because it sent what no handler may send' }),
  );

  let isEnded = false;
  const ended = async (how: string) => {
    if (isEnded) return;
    isEnded = true;
    endGroup(child);
    await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, DRAIN_WITHIN_MS).unref())]);
    for (const stream of child.stdio) stream?.destroy();
    const ranOut = isOutOfMemory || tail.includes('heap out of memory');
    const memory: CellEnd = { kind: 'out-of-memory', how: `took more than ${settings.memoryMiB} MiB of memory` };
    events.ended(killedFor ?? (ranOut ? memory : { kind: 'crashed', how }));
  };
  child.on(
    'exit',
    (code, signal) => void ended(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
  );
  child.on('error', (error: NodeJS.ErrnoException) => void ended(`cannot be started (${error.code})`));

  const link: CellLink = {
    send: (message) => void channel.write(`${JSON.stringify(message)}\n`),
    kill,
  };
  return link;
};

const flagsOf = ({ memoryMiB }: CellSettings) => [
  // A configuration means the same modules in every process that loads it.
  ...process.execArgv.filter((flag) => flag.startsWith('--conditions=')),
  `--max-old-space-size=${memoryMiB}`,
  '--disable-warning=ExperimentalWarning',
];

/** Nothing is left to kill when the group is empty already. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {}
}

function read(stream: Readable, onText: (text: string) => void): void {
  stream.setEncoding('utf8');
  stream.on('data', onText).on('error', () => {});
}

/** Resolves when nothing more can come. */
function listen(channel: Duplex, events: CellEvents, refuse: () => void): Promise<void> {
  const readLines = createLineReader(MAX_LINE_CHARACTERS, (line) => events.message(JSON.parse(line) as FromCell));
  channel.on('data', (chunk: Buffer) => {
    try {
      readLines(chunk);
    } catch {
      refuse();
    }
  });
  channel.on('error', () => {});
  return new Promise((resolve) => void channel.on('close', () => resolve()));
}
