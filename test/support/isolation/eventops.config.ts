import { execFileSync, spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HandlerDefinition } from '../../../src/worker/handlers/define-config.ts';

const retry = { maxAttempts: 2, initialDelayMs: 1, factor: 1, maxDelayMs: 1 };
const hostile = (handle: HandlerDefinition['handle'], timeoutMs = 10_000): HandlerDefinition => ({
  retry,
  timeoutMs,
  handle,
});
const never = new Promise(() => {});

/** Handlers that would end, hold or spoil whatever they share, and one that is good. */
export const handlers: Record<string, HandlerDefinition> = {
  good: {
    retry,
    handle: async (_, { logger }) => {
      logger.debug({}, 'begins');
      await sleep(5);
      return { done: true };
    },
  },
  // What is noticed while the others go on.
  'throws-out-of-a-timer': hostile(async () => {
    setTimeout(() => {
      throw new Error('out of a timer');
    }, 1);
    await never;
  }),
  'calls-process.exit': hostile(() => process.exit(0)),
  'calls-process.abort': hostile(() => process.abort()),
  'kills-its-process': hostile(() => process.kill(process.pid, 'SIGKILL')),
  'forgets-a-promise-that-rejects-50-ms-after-its-end': hostile(async () => {
    void sleep(50).then(() => Promise.reject(new Error('too late')));
    return { done: true };
  }),
  'throws-out-of-an-abort-listener': hostile(async (_, { signal }) => {
    signal.addEventListener('abort', () => {
      throw new Error('out of a listener');
    });
    await never;
  }, 100),
  'pollutes-Object.prototype': hostile(() => {
    (Object.prototype as unknown as Record<string, unknown>)['polluted'] = true;
  }),
  'replaces-JSON.parse': hostile(() => {
    JSON.parse = () => 'replaced';
  }),
  'moves-the-working-folder': hostile(() => process.chdir('/')),
  // What ends its process, whose other events have to be tried again.
  'holds-the-thread': hostile(async () => {
    await Promise.resolve();
    for (;;);
  }, 200),
  'floods-the-heap': hostile(() => {
    const kept: unknown[] = [];
    for (;;) kept.push(Array.from({ length: 10_000 }, () => ({})));
  }),
  'floods-memory-beside-the-heap': hostile(async () => {
    const kept: Buffer[] = [];
    for (;;) {
      kept.push(Buffer.alloc(8 * 1024 * 1024, 1));
      await Promise.resolve();
    }
  }),
  'is-killed-from-outside': hostile(() => {
    execFileSync('kill', ['-9', String(process.pid)]);
  }),
  'sends-garbage-to-the-worker': hostile(async () => {
    writeSync(3, 'garbage\n');
    await never;
  }),
  'leaves-a-process-behind': hostile(async () => {
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    console.log(`left ${child.pid}`);
    await sleep(20);
    execFileSync('kill', ['-9', String(process.pid)]);
  }),
};

export default { handlers };
