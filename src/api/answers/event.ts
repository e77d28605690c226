import { z } from 'zod';
import { eventStatuses } from '../../domain/event/status.ts';
import type { EventView } from '../../projections/events/queries.ts';
import { anyJson } from '../intake/fields.ts';
import { pauseOfEvent } from './event-type.ts';
import { exampleExplanation, explanationAnswer, explanationInShort, shortExplanationJson } from './explanation.ts';
import { time, times } from './times.ts';

const fields = {
  id: z.guid(),
  type: z.string(),
  source: z.string(),
  status: z.enum(eventStatuses).describe('`FAILED`: a retry is due at `nextAttemptAt`. `DEAD`: no retry is left.'),
  idempotencyKey: z.string().describe('Chosen by the client or, where it chose none, by the server.'),
  payload: anyJson
    .optional()
    .describe('What was sent, byte for byte. Left out for whoever lacks the permission `payloads:read`.'),
  createdAt: time,
  updatedAt: time,
  processedAt: time.nullable(),
  errorReason: z.string().nullable().describe('Of the last attempt, while it has failed.'),
  generation: z.int().min(0).describe('0 at first, one more with each replay.'),
  attempts: z.int().min(0).describe('In this generation.'),
  nextAttemptAt: time.nullable(),
  revision: z.int().min(0).describe('Of the last transition in its history, from 0. The same number as in `ETag`.'),
} satisfies Record<Exclude<keyof EventView, 'clientId'>, z.ZodType>;

const failureGroupId = z
  .guid()
  .nullable()
  .optional()
  .describe('Of a dead letter that is read: the failure group of its last failure. null until that is known.');

export const eventAnswer = z
  .strictObject({
    ...fields,
    failureGroupId,
    pause: pauseOfEvent,
    explanation: explanationAnswer
      .nullable()
      .optional()
      .describe(
        'Of a dead letter that is read: what `GET /v1/events/{id}/explanation` answers. null until it is explained.',
      ),
  })
  .meta({ id: 'Event', description: `What a client sent, and its outcome so far. ${times}` });

export const exampleEvent = {
  id: '0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d',
  type: 'order.placed',
  source: 'shop',
  status: 'PROCESSED',
  idempotencyKey: 'my-first-order',
  payload: { orderId: 'A-1' },
  createdAt: '2030-01-31T12:00:00.000Z',
  updatedAt: '2030-01-31T12:00:00.250Z',
  processedAt: '2030-01-31T12:00:00.250Z',
  errorReason: null,
  generation: 0,
  attempts: 1,
  nextAttemptAt: null,
  revision: 2,
};

/** As it is right after it was sent. */
export const exampleNewEvent = {
  ...exampleEvent,
  ...{ status: 'RECEIVED', updatedAt: exampleEvent.createdAt, processedAt: null, attempts: 0, revision: 0 },
};

/** As it is once no retry is left. */
export const exampleDeadEvent = {
  ...exampleEvent,
  ...{ status: 'DEAD', processedAt: null, errorReason: 'the warehouse answered 422', attempts: 5, revision: 14 },
};

const listedEvent = z
  .strictObject({
    ...fields,
    failureGroupId,
    pause: pauseOfEvent,
    explanation: explanationInShort
      .nullable()
      .optional()
      .describe('Of a dead letter, in short: the event itself has all of it. null until it is explained.'),
  })
  .meta({ id: 'ListedEvent', description: `An event in a list, with its explanation in short. ${times}` });

export const exampleListedEvent = {
  ...exampleDeadEvent,
  failureGroupId: exampleExplanation.failureGroupId,
  explanation: shortExplanationJson(exampleExplanation),
};

const cursor = z.string().nullable().describe('For the next page; null at the end.');

export const eventListAnswer = z
  .strictObject({ items: z.array(listedEvent), nextCursor: cursor })
  .meta({ id: 'EventList', description: 'A page of events, the newest first.' });

export const etag = z
  .string()
  .regex(/^"\d+(-without-payload)?(-[0-9a-f]{12})?"$/)
  .describe(
    "In quotes, the event's revision, whether its payload is left out, and what names the explanation of a dead letter or the pause that holds an event.",
  );

export const idempotentReplayed = z
  .literal('true')
  .describe('The same request was carried out before under this key; nothing was done now.');
