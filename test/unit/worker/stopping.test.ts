import { describe, expect, it } from 'vitest';
import { createWorkshop, handlerOf } from '../../support/worker/workshop.ts';

describe('a worker that is stopped', () => {
  it('finishes what it has in hand', async () => {
    const { clock, worker, receive, deliver, history } = await createWorkshop([handlerOf(() => clock.sleep(3_000))], {
      stopTimeoutMs: 5_000,
    });
    const id = await receive('k');
    void deliver(id);
    await clock.run(100);
    const startedAt = clock.now();
    await clock.finish(worker.stop());
    expect(clock.now() - startedAt).toBe(2_900);
    expect((await history(id)).at(-1)?.type).toBe('ProcessingSucceeded');
  });

  it('aborts what does not finish in time, and records that its attempt does not count', async () => {
    let signal: AbortSignal | undefined;
    const hangs = handlerOf((_, context) => {
      ({ signal } = context);
      return new Promise((_resolve, reject) => {
        context.signal.addEventListener('abort', () => reject(new Error('Aborted')));
      });
    });
    const { clock, worker, receive, deliver, history } = await createWorkshop([hangs], { stopTimeoutMs: 5_000 });
    const id = await receive('k');
    void deliver(id);
    await clock.run(100);
    await clock.finish(worker.stop());
    await clock.run(100);
    expect(signal?.aborted).toBe(true);
    expect((await history(id)).at(-1)).toMatchObject({ type: 'ProcessingInterrupted', data: { cause: 'stopping' } });
  });

  it('may be stopped before it was started, and twice', async () => {
    const { clock, worker } = await createWorkshop([]);
    await clock.finish(worker.stop());
    await clock.finish(worker.stop());
  });
});
