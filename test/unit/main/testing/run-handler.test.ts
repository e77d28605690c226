import { defineConfig, type HandlerContext, type HandlerDefinition, NonRetryableError } from 'eventops';
import { runHandler } from 'eventops/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const placed = { type: 'order.placed', payload: { orderId: 'A-1' } };
const handlerOf = (handle: HandlerDefinition['handle']): HandlerDefinition => ({ handle });

describe('a handler that is run in a test', () => {
  it('is the one that the configuration has for the event', async () => {
    const config = defineConfig({
      handlers: {
        'order.placed': { schema: z.object({ orderId: z.string() }), handle: ({ payload }) => payload.orderId },
        'order.*': { handle: ({ type }) => type },
      },
    });
    expect(await runHandler(config, placed)).toEqual({ kind: 'succeeded', result: 'A-1', log: [] });
    const paid = await runHandler(config, { type: 'order.paid', payload: null });
    expect(paid).toMatchObject({ kind: 'succeeded', result: 'order.paid' });
  });

  it('gets the event as the worker would hand it over, and what is not stated is that of a first attempt', async () => {
    const echo = handlerOf((event) => event);
    const { kind, result } = await succeeded(runHandler(echo, { type: 'a', payload: { at: new Date(0) } }));
    expect({ kind, result }).toEqual({
      kind: 'succeeded',
      result: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        type: 'a',
        source: 'test',
        payload: { at: '1970-01-01T00:00:00.000Z' },
        receivedAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
        generation: 0,
        attempt: 1,
      },
    });
    const stated = {
      type: 'a',
      payload: 1,
      source: 'shop',
      id: '5a1c8c5e-1f0e-4b43-9a3a-3b1a8f4a8b10',
      receivedAt: '2026-11-23T08:00:00.000Z',
      generation: 2,
      attempt: 3,
    };
    expect((await succeeded(runHandler(echo, stated))).result).toEqual(stated);
  });

  it('gets the real context', async () => {
    let context: HandlerContext | undefined;
    const keep: HandlerDefinition = { retry: { maxAttempts: 7 }, handle: (_, given) => void (context = given) };
    await runHandler(keep, { ...placed, id: '5a1c8c5e-1f0e-4b43-9a3a-3b1a8f4a8b10', generation: 1, attempt: 4 });
    expect(context).toMatchObject({
      idempotencyKey: '5a1c8c5e-1f0e-4b43-9a3a-3b1a8f4a8b10:1',
      attempt: 4,
      maxAttempts: 7,
    });
    expect(context?.signal.aborted).toBe(false);
  });

  it('has failed with the class of what it throws, to be retried or not', async () => {
    const throwing = (error: Error) =>
      runHandler(
        handlerOf(() => Promise.reject(error)),
        placed,
      );
    expect(await throwing(new TypeError('no such order'))).toMatchObject({
      kind: 'failed',
      failure: { class: 'TypeError', message: 'no such order', retryable: true },
    });
    expect(await throwing(new NonRetryableError('never'))).toMatchObject({
      kind: 'failed',
      failure: { class: 'NonRetryableError', retryable: false },
    });
  });

  it('has failed when the payload does not fit, without being run', async () => {
    const checked: HandlerDefinition<{ orderId: string }> = {
      schema: z.object({ orderId: z.string() }),
      handle: () => expect.unreachable(),
    };
    expect(await runHandler(checked, { type: 'order.placed', payload: {} })).toMatchObject({
      kind: 'failed',
      failure: { class: 'PayloadInvalid', retryable: false },
    });
  });

  it('has timed out at its own deadline, and its signal aborts', async () => {
    const aborted = Promise.withResolvers<string>();
    const slow: HandlerDefinition = {
      timeoutMs: 1,
      handle: (_, { signal }) =>
        new Promise(() => signal.addEventListener('abort', () => aborted.resolve(signal.reason.message))),
    };
    expect(await runHandler(slow, placed)).toMatchObject({
      kind: 'failed',
      failure: { class: 'HandlerTimeout', retryable: true },
    });
    expect(await aborted.promise).toBe('The handler did not finish within 1 ms');
  });

  it('leaves what it logs, under the event it is about', async () => {
    const talking = handlerOf((_, { logger }) => logger.warn({ orderId: 'A-1' }, 'shipping late'));
    const { log } = await runHandler(talking, placed);
    expect(log).toEqual([
      {
        level: 'warn',
        message: 'shipping late',
        fields: {
          eventId: expect.any(String),
          type: 'order.placed',
          generation: 0,
          attempt: 1,
          handler: { orderId: 'A-1' },
        },
      },
    ]);
  });

  it('says in the log why a result would not be kept', async () => {
    const { result, log } = await succeeded(
      runHandler(
        handlerOf(() => 'x'.repeat(5_000)),
        placed,
      ),
    );
    expect(result).toBeNull();
    expect(log.map(({ message }) => message)).toEqual([
      "the handler's result is not kept: it has 5002 bytes of JSON; at most 4096 are kept",
    ]);
  });
});

describe('a test of an event', () => {
  it('that no handler is for gets what the worker would record', async () => {
    expect(await runHandler(defineConfig({ handlers: {} }), placed)).toMatchObject({
      kind: 'failed',
      failure: { class: 'NoHandler', message: 'No handler is configured for order.placed', retryable: false },
    });
  });

  it('learns that a configuration is wrong, and where', async () => {
    const wrong: HandlerDefinition = { timeoutMs: -1, handle: () => {} };
    await expect(runHandler(wrong, placed)).rejects.toThrow(/\["order\.placed"\]\.timeoutMs: must be a number from 1/);
  });

  it('learns that a payload cannot be sent', async () => {
    const unsendable = { type: 'a', payload: undefined };
    await expect(
      runHandler(
        handlerOf(() => {}),
        unsendable,
      ),
    ).rejects.toThrow('the event a has no JSON form');
  });
});

async function succeeded(running: ReturnType<typeof runHandler>) {
  const outcome = await running;
  if (outcome.kind !== 'succeeded') throw new Error(`Failed: ${outcome.failure.message}`);
  return outcome;
}
