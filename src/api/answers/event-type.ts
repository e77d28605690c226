import { z } from 'zod';
import { jitterKinds } from '../../domain/event/transitions.ts';
import { time, times } from './times.ts';

const count = z.int().min(0);

const policy = z.strictObject({
  maxAttempts: z.int(),
  initialDelayMs: count,
  factor: z.number(),
  jitter: z.enum(jitterKinds).optional().describe('How delays differ by chance: `full` where it is left out.'),
  maxDelayMs: count,
});

/** Beside an event whose type is paused. */
export const pauseOfEvent = z
  .strictObject({ name: z.string(), since: time, reason: z.string() })
  .optional()
  .describe(
    'Only while the event waits because its type is paused: by which name, since when and why. No attempt is counted meanwhile.',
  );

export const eventTypeAnswer = z
  .strictObject({
    name: z.string().describe('A type, `order.*` for all that begin so, or `*`.'),
    handler: z
      .strictObject({
        name: z.string().describe('Which entry of the configuration it is.'),
        version: z.string(),
        retry: policy,
        retryOn: z.record(z.string(), policy).describe('By class of error, where that makes a difference.'),
        timeoutMs: count,
        replay: z.enum(['safe', 'manual', 'never']),
      })
      .nullable()
      .describe('What the configuration of the process that answers says; null where it has no handler.'),
    pause: z
      .strictObject({
        name: z.string().describe('Which pause it is: of this name, or one that covers it.'),
        since: time,
        by: z.string(),
        reason: z.string(),
      })
      .nullable()
      .describe('While it is paused.'),
    waiting: count
      .nullable()
      .describe('Events whose next attempt has not begun. Null while the read tables are unavailable.'),
  })
  .meta({ id: 'EventType', description: `A type of events, how it is handled, and whether it is paused. ${times}` });

export const eventTypeListAnswer = z
  .strictObject({
    items: z.array(eventTypeAnswer),
    waitingIsComplete: z.boolean().describe('False where so many wait that not all of them were counted.'),
  })
  .meta({ id: 'EventTypeList', description: 'All types of the configuration, and all that are paused, by name.' });

export const exampleEventType = {
  name: 'order.placed',
  handler: {
    name: 'order.placed',
    version: '1',
    retry: { maxAttempts: 5, initialDelayMs: 1_000, factor: 2, maxDelayMs: 300_000 },
    retryOn: {},
    timeoutMs: 30_000,
    replay: 'safe',
  },
  pause: { name: 'order.placed', since: '2030-01-31T13:00:00.000Z', by: 'ada', reason: 'the warehouse moves' },
  waiting: 120,
};
