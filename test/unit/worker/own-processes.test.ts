import { describe, expect, it } from 'vitest';
import { failure } from '../../../src/worker/describe-failure.ts';
import type { HandlerEnd, HandlerOutcome } from '../../../src/worker/handler-runner.ts';
import type { StartCell } from '../../../src/worker/isolation/cell-link.ts';
import { createIsolatedRunner } from '../../../src/worker/isolation/isolated-runner.ts';
import type { FromCell } from '../../../src/worker/isolation/messages.ts';
import { handlerRun } from '../../support/worker/handler-run.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';
import { createVirtualClock } from '../../support/worker/virtual-clock.ts';

const succeeded: HandlerEnd = { kind: 'succeeded', result: null, problem: null };
const timedOut: HandlerEnd = { kind: 'failed', failure: failure('HandlerTimeout', 'It did not finish', true) };

/** One that was in a process of handlers when that ended, so that it gets a process for itself. */
const suspect = handlerRun([{ at: '2026-01-01T00:00:00.000Z', ended: 'handlers', wasAlone: false }]);

/** Runs two such events, one after the other, in processes that answer the first as said, and the second with a success. */
async function runTwo(first: Pick<FromCell, 'leftover'> & { readonly end: HandlerEnd }) {
  const clock = createVirtualClock();
  let processes = 0;
  let answered = 0;
  const usedBy: number[] = [];
  const start: StartCell = (_settings, events) => {
    const process = ++processes;
    void Promise.resolve().then(() => events.message({ ready: true }));
    return {
      send: (message) => {
        if (!('runs' in message)) return;
        for (const { run } of message.runs) {
          usedBy.push(process);
          const { end, ...rest } = answered++ === 0 ? first : { end: succeeded };
          void Promise.resolve().then(() => events.message({ ...rest, ends: [[run, end]] }));
        }
      },
      kill: (end) => void Promise.resolve().then(() => events.ended(end)),
    };
  };
  const runner = createIsolatedRunner({
    start,
    isolates: true,
    configPath: '/eventops.config.ts',
    memoryMiB: 64,
    clock,
    logger: silentLogger,
  });
  const outcomes: HandlerOutcome['kind'][] = [];
  for (let index = 0; index < 2; index += 1) outcomes.push((await runner.run(suspect)).kind);
  await clock.finish(runner.close());
  return { outcomes, isSameProcess: usedBy[0] === usedBy[1] };
}

describe('an event that gets a process of handlers for itself', () => {
  it('may get one in which the handler before it succeeded', async () => {
    expect(await runTwo({ end: succeeded })).toEqual({ outcomes: ['succeeded', 'succeeded'], isSameProcess: true });
  });

  it('never gets one in which the handler before it failed, and may still be running', async () => {
    expect(await runTwo({ end: timedOut })).toEqual({ outcomes: ['failed', 'succeeded'], isSameProcess: false });
  });

  it('never gets one in which the handler before it left something running', async () => {
    const given = { end: succeeded, leftover: true } as const;
    expect(await runTwo(given)).toEqual({ outcomes: ['succeeded', 'succeeded'], isSameProcess: false });
  });
});

describe('a process of handlers that ended', () => {
  it('is said to have been killed when it answered nothing after a deadline', async () => {
    const clock = createVirtualClock();
    const logger = createRecordingLogger();
    const start: StartCell = (_settings, events) => {
      void Promise.resolve().then(() => events.message({ ready: true }));
      return { send: () => {}, kill: (end) => void Promise.resolve().then(() => events.ended(end)) };
    };
    const given = { start, isolates: true, configPath: '/eventops.config.ts', memoryMiB: 64, clock, logger };
    const runner = createIsolatedRunner({ ...given, limits: { isolation: { overdueMs: 300 } } });
    await clock.finish(runner.run(suspect));
    expect(logger.lines).toMatchObject([
      {
        message: 'a process of handlers ended',
        fields: {
          how: 'was killed, because it answered nothing for 300 ms after the deadline of a handler in it',
          interrupted: 1,
        },
      },
    ]);
    await clock.finish(runner.close());
  });
});
