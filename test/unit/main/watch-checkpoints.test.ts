import { describe, expect, it, onTestFinished } from 'vitest';
import { CheckpointRefused, LogUnavailable } from '../../../src/application/failures.ts';
import type { Checkpoint } from '../../../src/application/ports/event-log.ts';
import { lossIn, watchCheckpoints } from '../../../src/main/watch-checkpoints.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';

type Answers = Readonly<Record<string, Error>>;

/** A watch whose looks are made one at a time, each with what the log answers to each checkpoint. */
function watching(checkpoints: Readonly<Record<string, string>> = { events: 'a', 'due-work': 'b' }) {
  let answers: Answers = {};
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
        const refusal = answers[checkpoint] ?? answers['*'];
        if (refusal !== undefined) throw refusal;
      },
    },
    storedCheckpoints: async () => new Map(Object.entries(checkpoints) as [string, Checkpoint][]),
    clock: { now: () => 0, sleep },
    logger,
  });
  onTestFinished(() => watch.stop());
  const lookAt = async (given: Answers) => {
    answers = given;
    slept = Promise.withResolvers();
    looks.shift()?.();
    await slept.promise;
    return watch;
  };
  /** To every checkpoint the same. */
  const look = async (given: Error | null) => (await lookAt(given === null ? {} : { '*': given })).loss();
  return { look, lookAt, asked, logger };
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

  it('and one that is of another log, while others are of this one, is the trouble of its own rows alone', async () => {
    const { lookAt, logger } = watching();
    const foreign = new CheckpointRefused('it belongs to the log b', { isOfAnotherLog: true });
    for (let looks = 0; looks < 2; looks++) {
      const watch = await lookAt({ b: foreign });
      expect([watch.loss(), watch.refusalOf('events')]).toEqual([null, null]);
      expect(watch.refusalOf('due-work')).toContain('it belongs to the log b');
    }
    expect((await lookAt({})).refusalOf('due-work')).toBeNull();
    expect(logger.lines.map(({ level }) => level)).toEqual(['error', 'info']);
  });

  it('and one that has seen what the log lacks is the trouble of all rows, though the log has what others have seen', async () => {
    const { lookAt } = watching();
    const watch = await lookAt({ b: new CheckpointRefused('the log ends at 3') });
    expect(watch.loss()).toContain('the log ends at 3');
    expect(watch.refusalOf('events')).toContain('the log ends at 3');
  });

  it('and those that are all of another log are the trouble of all rows', async () => {
    const { look } = watching();
    expect(await look(new CheckpointRefused('another log', { isOfAnotherLog: true }))).toContain('another log');
  });

  it('and what is to be accepted is the loss of all that any of them has seen', () => {
    const refusals = [2n, null, 7n, 5n].map(
      (position, index) => [String(index), new CheckpointRefused('no', { position })] as const,
    );
    expect(lossIn({ isAnyAccepted: true, refusals: new Map(refusals) })?.position).toBe(7n);
  });
});
