import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HandlerContext, HandlerEvent } from '../../../src/worker/handlers/define-config.ts';
import type { ConfiguredHandler } from '../../../src/worker/handlers/match-handler.ts';
import type { Posted } from '../../support/worker/posting.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';
import { createWorkshop, handlerOf } from '../../support/worker/workshop.ts';

/** What a handler was given for an event. */
async function given(posted: Posted, handler: Partial<ConfiguredHandler> = {}) {
  const logger = createRecordingLogger();
  let event: HandlerEvent | undefined;
  let context: HandlerContext | undefined;
  const keep = handlerOf((...both) => {
    [event, context] = both;
  }, handler);
  const { clock, receive, process, history } = await createWorkshop([keep], { logger });
  const receivedAt = new Date(clock.now()).toISOString();
  const id = await receive('k', posted);
  await process(id);
  return { id, event, context, receivedAt, logger, history: await history(id) };
}

describe('a handler', () => {
  it('gets the event as it was received', async () => {
    const { id, event, receivedAt } = await given({ type: 'order.placed', payload: '{"orderId":"o-1","lines":[1,2]}' });
    expect(event).toEqual({
      id,
      type: 'order.placed',
      source: 'shop',
      payload: { orderId: 'o-1', lines: [1, 2] },
      receivedAt,
      generation: 0,
      attempt: 1,
    });
  });

  it('gets a key that is the same for all attempts of a generation, and the number of the attempt', async () => {
    const { id, context } = await given({});
    expect(context).toMatchObject({ idempotencyKey: `${id}:0`, attempt: 1, maxAttempts: 5 });
    expect(context?.signal.aborted).toBe(false);
  });

  it('gets the payload as its schema gives it back', async () => {
    const schema = z.object({ orderId: z.string(), count: z.coerce.number().default(1) });
    const { event } = await given({ payload: '{"orderId":"o-1","count":"3","more":true}' }, { schema });
    expect(event?.payload).toEqual({ orderId: 'o-1', count: 3 });
  });

  it('may have a schema that takes its time', async () => {
    const schema = z.string().refine(async (text) => text === 'yes');
    expect((await given({ payload: '"yes"' }, { schema })).event?.payload).toBe('yes');
    expect((await given({ payload: '"no"' }, { schema })).event).toBeUndefined();
  });

  it('does not see a payload that does not fit, and the failure names places and rules, not values', async () => {
    const schema = z.object({ orderId: z.string(), lines: z.array(z.object({ sku: z.string() })) });
    const { event, history } = await given({ payload: '{"lines":[{"sku":"a"},{"sku":4711}]}' }, { schema });
    expect(event).toBeUndefined();
    const failed = history.find(({ type }) => type === 'ProcessingFailed');
    expect(failed).toMatchObject({
      data: {
        failure: {
          message:
            '/orderId: Invalid input: expected string, received undefined; /lines/1/sku: Invalid input: expected string, received number',
        },
      },
    });
  });

  it('gets a logger that names the event', async () => {
    const { id, context, logger } = await given({ type: 'order.placed' });
    context?.logger.info({ step: 2 }, 'halfway');
    expect(logger.lines).toEqual([
      {
        level: 'info',
        message: 'halfway',
        fields: { eventId: id, type: 'order.placed', generation: 0, attempt: 1, handler: { step: 2 } },
      },
    ]);
  });
});
