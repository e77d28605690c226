import { describe, expect, it } from 'vitest';
import type { CellEvents, StartCell } from '../../../src/worker/isolation/cell-link.ts';
import { createIsolatedRunner } from '../../../src/worker/isolation/isolated-runner.ts';
import { handlerRun } from '../../support/worker/handler-run.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';
import { createVirtualClock } from '../../support/worker/virtual-clock.ts';

/** Processes that keep every run, and answer when they are asked whether their thread is free, unless it is held. */
function keepingProcesses() {
  const clock = createVirtualClock();
  const held = new Set<CellEvents>();
  const events: CellEvents[] = [];
  let running = 0;
  const start: StartCell = (_settings, own) => {
    events.push(own);
    running++;
    void Promise.resolve().then(() => own.message({ ready: true }));
    return {
      send: (message) => {
        if ('ping' in message && !held.has(own)) void Promise.resolve().then(() => own.message({ pong: 0 }));
      },
      kill: (end) => {
        running--;
        void Promise.resolve().then(() => own.ended(end));
      },
    };
  };
  const runner = createIsolatedRunner({
    ...{ start, isolates: true, configPath: '/eventops.config.ts', memoryMiB: 64, clock, logger: silentLogger },
    limits: { isolation: { cells: 2, maxCells: 4, runsInCell: 1, pingEveryMs: 100, unansweredPings: 2 } },
  });
  return { clock, runner, events, held, running: () => running };
}

describe('processes of handlers that events share', () => {
  it('stay two when both are full: more of them would do no more', async () => {
    const { clock, runner, events } = keepingProcesses();
    for (let index = 0; index < 5; index += 1) void runner.run(handlerRun());
    await clock.run(2_000);
    expect(events).toHaveLength(2);
    await clock.finish(runner.close());
  });

  it('become three while a handler holds the thread of one, and two again once it lets go', async () => {
    const { clock, runner, events, held, running } = keepingProcesses();
    for (let index = 0; index < 5; index += 1) void runner.run(handlerRun());
    await clock.run(50);
    const [first] = events as [CellEvents];
    held.add(first);
    await clock.run(1_000);
    expect(running()).toBe(3);
    held.delete(first);
    first.message({ pong: 0 });
    const third = events[2] as CellEvents;
    await clock.run(1_000);
    third.message({ ends: [[3, { kind: 'succeeded', result: null, problem: null }]] });
    await clock.run(1_000);
    expect(running()).toBe(2);
    await clock.finish(runner.close());
  });
});
