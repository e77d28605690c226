import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { deriveUuid } from '../../../src/application/event-identity.ts';
import type { AppendRequest, EventWriter } from '../../../src/application/ports/event-log.ts';
import { newStream, transition } from './transitions.ts';

/** Transitions in one append: enough, and large enough, to go over many pages of a file. */
export const APPENDER_TRANSITIONS = 5;
const DATA_CHARACTERS = 20_000;
const LANES = 16;

/** What a process appended under this name: it can be sent again from the name alone. */
export const appenderRequest = (stream: string): AppendRequest => ({
  stream,
  expectedRevision: 'no-stream',
  transitions: Array.from({ length: APPENDER_TRANSITIONS }, (_, index) =>
    transition({ id: deriveUuid(stream, String(index)), data: JSON.stringify(stream.padEnd(DATA_CHARACTERS, '.')) }),
  ),
});

/** Runs in the process: says what it begins, and what it was told is appended. */
export async function appendForEver(log: EventWriter): Promise<never> {
  const lane = async () => {
    for (;;) {
      const stream = newStream('appender');
      process.stdout.write(`begun ${stream}\n`);
      const { kind } = await log.append(appenderRequest(stream));
      if (kind !== 'appended') throw new Error(`An append of the appender ended as ${kind}`);
      process.stdout.write(`acknowledged ${stream}\n`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  throw new Error('The appender has ended by itself');
}

/** Starts `script` with `args`: a process that opens a log and then calls {@link appendForEver}. */
export function startAppendingProcess(script: URL, args: readonly string[]) {
  const child = spawn(process.execPath, [script.pathname, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const begun = new Set<string>();
  const acknowledged = new Set<string>();
  let awaited = { count: Number.POSITIVE_INFINITY, reached: () => {} };
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const [what, stream] = line.split(' ');
    if (stream === undefined) return;
    (what === 'begun' ? begun : acknowledged).add(stream);
    if (acknowledged.size >= awaited.count) awaited.reached();
  });
  const ended = Promise.all([closed(child), new Promise((resolve) => lines.once('close', resolve))]);

  return {
    begun,
    acknowledged,
    acknowledges: (count: number) =>
      new Promise<void>((resolve, reject) => {
        if (acknowledged.size >= count) return resolve();
        awaited = { count, reached: resolve };
        void ended.then(() => reject(new Error(`The appender ended after ${acknowledged.size} of ${count} appends`)));
      }),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const closed = (child: ChildProcess) => new Promise((resolve) => child.once('close', resolve));
