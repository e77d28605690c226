import { z } from 'zod';
import { type AccessRecordView, recordedActs } from '../../projections/access-records/queries.ts';
import { time, times } from './times.ts';

const transition = z
  .strictObject({
    stream: z.string().describe('Whose history it is in, such as `event-` and the id of an event.'),
    revision: z.int().min(0),
    id: z.guid(),
    reason: z.string().nullable(),
  } satisfies Record<keyof NonNullable<AccessRecordView['transition']>, z.ZodType>)
  .describe('Of an act: what it is in the log. Null of what is counted.');

const count = z
  .strictObject({
    requests: z.int().min(1),
    payloads: z.int().min(0).describe('Payloads that were shown, all requests together.'),
    route: z.string().nullable().describe('Method and path; null where more were asked than are distinguished.'),
    code: z.string().nullable().describe('Why access was refused.'),
    lastAt: time,
    lastRequestId: z.string(),
  } satisfies Record<keyof NonNullable<AccessRecordView['count']>, z.ZodType>)
  .describe(
    'Of refused requests and of reading: how many there were within an hour, at one process. Null of an act, which is always one.',
  );

const accessRecord = z
  .strictObject({
    id: z.guid(),
    act: z
      .enum(recordedActs as [string, ...string[]])
      .describe(
        "A transition's type; `AccessRefused` for requests that were answered with 401 or 403; `PayloadsRead` for answers that showed what was sent.",
      ),
    at: time.describe('Of the first of the requests, where they are counted.'),
    principal: z
      .string()
      .nullable()
      .describe(
        'The subject of the token, or the process of EventOps. Null without a valid token, and where more were met than are distinguished.',
      ),
    clientId: z.string().nullable(),
    address: z
      .string()
      .nullable()
      .describe(
        'As `TRUST_PROXY` says. Null where it was not recorded, or where more were met than are distinguished.',
      ),
    requestId: z.string().nullable().describe('Of the first of the requests, where they are counted.'),
    transition: transition.nullable(),
    count: count.nullable(),
  } satisfies Record<keyof AccessRecordView, z.ZodType>)
  .meta({ id: 'AccessRecord', description: `Who did what, when and from where. ${times}` });

export const accessRecordListAnswer = z
  .strictObject({
    items: z.array(accessRecord),
    nextCursor: z.string().nullable().describe('For the next page; null at the end.'),
  })
  .meta({ id: 'AccessRecordList', description: 'A page of access records, the newest first.' });

const requestId = '7c1c5b0e-6a36-4f5b-8a53-2a4b7b6b9d10';

export const exampleAccessRecords = {
  items: [
    {
      id: '3b1f0b7e-1f0e-8c55-9a3d-6f3f0d5c2a11',
      act: 'ReplayRequested',
      at: '2030-02-01T09:30:00.000Z',
      principal: 'alice',
      clientId: 'console',
      address: '2001:db8::17',
      requestId,
      transition: {
        stream: 'event-0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d',
        revision: 3,
        id: '5d0ff0f4-8d7c-8a55-a3a6-91d41bb8a1c2',
        reason: 'the warehouse is back',
      },
      count: null,
    },
    {
      id: 'c1b0a2d4-53f0-4c1e-9d1b-0f6f3a9d7e21',
      act: 'AccessRefused',
      at: '2030-02-01T09:00:12.000Z',
      principal: null,
      clientId: null,
      address: '192.0.2.7',
      requestId,
      transition: null,
      count: {
        requests: 412,
        payloads: 0,
        route: 'GET /v1/events',
        code: 'unauthenticated',
        lastAt: '2030-02-01T09:24:40.000Z',
        lastRequestId: '0b0f5f0e-3f5c-4e43-9a57-5d1e5ff8a111',
      },
    },
  ],
  nextCursor: null,
};
