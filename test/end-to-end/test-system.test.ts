import { existsSync } from 'node:fs';
import { defineConfig, NonRetryableError } from 'eventops';
import { startTestSystem, type TestSystem } from 'eventops/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const shipped: string[] = [];
const config = defineConfig({
  handlers: {
    'order.placed': { handle: ({ id }) => void shipped.push(id) },
    'order.flaky': {
      retry: { maxAttempts: 3, initialDelayMs: 3_600_000, maxDelayMs: 3_600_000 },
      handle: (_, { attempt, logger }) => {
        if (attempt < 3) throw new Error('not yet');
        logger.info({}, 'at last');
        return { attempt };
      },
    },
    'order.traced': { handle: (_, { traceparent }) => traceparent },
    'order.refused': { handle: () => Promise.reject(new NonRetryableError('never')) },
    'order.slow': {
      retry: { initialDelayMs: 3_600_000, maxDelayMs: 3_600_000 },
      handle: () => Promise.reject(new Error('busy')),
    },
  },
});

describe('a system that a test starts', () => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await startTestSystem(config, { retryDelayMs: 0 });
  }, 300_000);
  afterAll(() => system?.stop());

  it('runs the handlers in the process of the test', async () => {
    const { id } = await system.post({ type: 'order.placed', payload: {} });
    expect(await system.end(id)).toMatchObject({ id, status: 'PROCESSED', attempts: 1 });
    expect(shipped).toEqual([id]);
  });

  it('retries without the delays that the policies ask for, and keeps the history', async () => {
    const { id } = await system.post({ type: 'order.flaky', payload: {} });
    expect(await system.end(id)).toMatchObject({ status: 'PROCESSED', attempts: 3 });
    const history = await system.history(id);
    expect(history.map(({ type }) => type)).toEqual([
      'EventReceived',
      ...['ProcessingStarted', 'ProcessingFailed', 'RetryScheduled'],
      ...['ProcessingStarted', 'ProcessingFailed', 'RetryScheduled'],
      ...['ProcessingStarted', 'ProcessingSucceeded'],
    ]);
    expect(history.at(-1)).toMatchObject({ data: { result: { attempt: 3 } } });
    expect(system.log).toContainEqual(expect.objectContaining({ level: 'info', message: 'at last' }));
  });

  it('hands the trace of a request on to the handler, and keeps it with all that follows', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const answer = await fetch(`${system.url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${system.token}`, 'content-type': 'application/json', traceparent },
      body: JSON.stringify({ type: 'order.traced', source: 'test', payload: {} }),
    });
    const { id } = (await answer.json()) as { readonly id: string };
    expect(await system.end(id)).toMatchObject({ status: 'PROCESSED' });
    const history = await system.history(id);
    expect(history.map((transition) => transition.traceparent)).toEqual([traceparent, traceparent, traceparent]);
    expect(history.at(-1)).toMatchObject({ data: { result: traceparent } });
  });

  it('makes dead letters, which can be replayed over its API', async () => {
    const { id } = await system.post({ type: 'order.refused', payload: {} });
    expect(await system.end(id)).toMatchObject({ status: 'DEAD', errorReason: expect.stringContaining('never') });
    const answer = await fetch(`${system.url}/v1/events/${id}/replay`, {
      method: 'POST',
      headers: { authorization: `Bearer ${system.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'to see it fail again' }),
    });
    expect(answer.status).toBe(202);
    expect((await system.history(id)).map(({ type }) => type)).toContain('ReplayRequested');
  });

  it('gives the same event for the same key', async () => {
    const [first, second] = [
      await system.post({ type: 'order.placed', payload: 1 }, 'key'),
      await system.post({ type: 'order.placed', payload: 1 }, 'key'),
    ];
    expect(second.id).toBe(first.id);
  });

  it('says what is refused, and by which answer', async () => {
    await expect(system.post({ type: '', payload: 1 })).rejects.toThrow(
      /POST \/v1\/events was answered with 4\d\d: \{/,
    );
  });
});

describe('a system with the delays of the policies', { timeout: 300_000 }, () => {
  it('says how far an event came that has not ended, and leaves nothing when it stops', async () => {
    const system = await startTestSystem(config);
    const { id } = await system.post({ type: 'order.slow', payload: {} });
    await expect(system.end(id, 500)).rejects.toThrow(
      /^The event .+ is still FAILED after 500 ms, after a failure: .*busy; the next attempt is due at 2/,
    );
    await system.stop();
    await expect(fetch(`${system.url}/v1/events/${id}`)).rejects.toThrow();
  });

  it('does not start with a wrong configuration', async () => {
    const wrong = defineConfig({ handlers: { 'not a type': { handle: () => {} } } });
    await expect(startTestSystem(wrong)).rejects.toThrow('must be an event type');
    expect(existsSync('data')).toBe(false);
  });
});
