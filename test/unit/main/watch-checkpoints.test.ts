import { describe, expect, it, onTestFinished } from 'vitest';
import { CheckpointRefused, LogUnavailable } from '../../../src/application/failures.ts';
import type { Checkpoint } from '../../../src/application/ports/event-log.ts';
import { watchCheckpoints } from '../../../src/main/watch-checkpoints.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';

/** A watch whose looks are made one at a time, each with an answer of the log to each checkpoint. */
function watching() {
  let answer: Error | null = null;
  const asked: Checkpoint[] = [];
  const looks: (() => void)[] = [];
  let slept = Promise.withResolvers<void>();
  const sleep = (_: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      looks.push(resolve);
      signal?.addEventListener('abort', () => resolve());
      slept.resolve();
    });
  const logger = createRecordingLogger();
  const watch = watchCheckpoints({
    log: {
      verifyCheckpoint: async (checkpoint) => {
        asked.push(checkpoint);
        if (answer !== null) throw answer;
      },
    },
    storedCheckpoints: async () => ['a', 'b'] as Checkpoint[],
    clock: { now: () => 0, sleep },
    logger,
  });
  onTestFinished(() => watch.stop());
  const look = async (given: Error | null) => {
    answer = given;
    slept = Promise.withResolvers();
    looks.shift()?.();
    await slept.promise;
    return watch.unhealthyReason();
  };
  return { look, asked, logger };
}

describe('rows are held against their log while processes run', () => {
  it('every checkpoint that is stored', async () => {
    const { look, asked } = watching();
    expect(await look(null)).toBeNull();
    expect(asked).toEqual(['a', 'b']);
  });

  it('and are unhealthy from the first look at an older log to the first at the right one, with one line each', async () => {
    const { look, logger } = watching();
    const older = new CheckpointRefused('the log ends at 3');
    expect(await look(older)).toContain('the log ends at 3');
    expect(await look(older)).toContain('the log ends at 3');
    expect(await look(null)).toBeNull();
    expect(logger.lines.map(({ level }) => level)).toEqual(['error', 'info']);
  });

  it('and keep their standing while the log is away', async () => {
    const { look } = watching();
    expect(await look(new LogUnavailable('it is away'))).toBeNull();
    await look(new CheckpointRefused('the log ends at 3'));
    expect(await look(new LogUnavailable('it is away'))).toContain('the log ends at 3');
  });
});
