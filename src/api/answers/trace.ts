import { z } from 'zod';
import { eventStatuses } from '../../domain/event/status.ts';
import type { TimelineSpan } from '../../domain/event/timeline.ts';
import { exampleEvent } from './event.ts';
import { time, times } from './times.ts';

const durationMs = z.int().min(0).nullable();

const span = z
  .strictObject({
    kind: z
      .enum(['waiting', 'attempt', 'backoff', 'dead'])
      .describe(
        '`waiting`: due and not yet started. `attempt`: a run of the handler. `backoff`: until a retry is due. `dead`: in the dead letters.',
      ),
    generation: z.int().min(0),
    attempt: z.int().min(1).describe('The run, or the one that is waited for.'),
    startedAt: time,
    endedAt: time.nullable().describe('Null while it lasts.'),
    durationMs: durationMs.describe('Null while it lasts.'),
    revision: z.int().min(0).describe('Of the transition that began it.'),
    traceId: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .nullable(),
    outcome: z.enum(['succeeded', 'failed', 'interrupted', 'replayed', 'discarded']).nullable(),
    handler: z.string().nullable(),
    worker: z.string().nullable(),
    reason: z.string().nullable().describe('Why the attempt failed or was interrupted, or why the event is dead.'),
    operatorReason: z.string().nullable().describe('Of the replay or discard that ended it.'),
  } satisfies Record<Exclude<keyof TimelineSpan, 'traceparent'> | 'traceId', z.ZodType>)
  .meta({ id: 'TraceSpan', description: 'What an event was doing from one moment to the next.' });

export const traceAnswer = z
  .strictObject({
    id: z.guid(),
    type: z.string(),
    source: z.string(),
    status: z.enum(eventStatuses),
    receivedAt: time,
    endedAt: time.nullable().describe('When it was last at its end; null unless it is.'),
    durationMs: durationMs.describe('From its receipt to its end; null unless it has ended.'),
    nextAttemptAt: time.nullable(),
    traceIds: z.array(z.string()).describe('Of the spans, each once.'),
    spans: z.array(span).describe('In order. Of a long history the latest.'),
    omittedSpans: z.int().min(0).describe('How many older ones are left out.'),
  })
  .meta({ id: 'Trace', description: `An event's life as a timeline. ${times}` });

const example = {
  ...{ generation: 0, attempt: 1, traceId: null, outcome: null, handler: null, worker: null },
  ...{ reason: null, operatorReason: null },
};

export const exampleTrace = {
  id: exampleEvent.id,
  type: exampleEvent.type,
  source: exampleEvent.source,
  status: exampleEvent.status,
  receivedAt: exampleEvent.createdAt,
  endedAt: exampleEvent.processedAt,
  durationMs: 250,
  nextAttemptAt: null,
  traceIds: [],
  spans: [
    {
      ...example,
      ...{ kind: 'waiting', revision: 0, durationMs: 15 },
      ...{ startedAt: exampleEvent.createdAt, endedAt: '2030-01-31T12:00:00.015Z' },
    },
    {
      ...example,
      ...{ kind: 'attempt', revision: 1, durationMs: 235, outcome: 'succeeded' },
      ...{ startedAt: '2030-01-31T12:00:00.015Z', endedAt: exampleEvent.processedAt },
      ...{ handler: 'order.placed', worker: 'worker-1' },
    },
  ],
  omittedSpans: 0,
};
