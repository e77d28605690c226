import { z } from 'zod';
import { failureGroupStatuses } from '../../projections/failure-groups/queries.ts';
import { exampleExplanation, explanationAnswer } from './explanation.ts';
import { time, times } from './times.ts';

const count = z.int().min(0);

const fields = {
  id: z.guid(),
  handler: z.string().nullable().describe('The pattern of the handler that failed; null where none ran.'),
  class: z.string(),
  title: z.string(),
  why: z.string().describe('Why the failures are one group, in words.'),
  fingerprint: z.strictObject({
    version: count,
    class: z.string(),
    message: z.string().describe('Without what differs from case to case.'),
    frames: z.array(z.string()),
    containing: z.string().nullable().describe('Of a group that was split off: what messages contain.'),
  }),
  status: z.enum(failureGroupStatuses).describe('`returned`: it was resolved, and was seen again.'),
  firstSeenAt: time,
  lastSeenAt: time,
  lastEventId: z.guid().nullable(),
  events: count,
  attempts: count.describe('That failed.'),
  dead: count.describe('How often an event became a dead letter by it.'),
  handlerVersions: z.array(z.string()),
  replays: z.strictObject({ processed: count, failed: count }).describe('What replays of its dead letters came to.'),
  note: z.string().nullable().describe('Of the last resolution.'),
  resolvedAt: time.nullable(),
  resolvedIn: z.string().nullable().describe('The version of the handler that resolves it.'),
  returnedAt: time.nullable(),
  splitFrom: z.guid().nullable(),
};

export const failureGroupAnswer = z
  .strictObject(fields)
  .meta({ id: 'FailureGroup', description: `Failures of one handler that are one. ${times}` });

export const failureGroupListAnswer = z
  .strictObject({
    items: z.array(failureGroupAnswer),
    nextCursor: z.string().nullable().describe('For the next page; null at the end.'),
  })
  .meta({ id: 'FailureGroupList', description: 'A page of failure groups; the one that was seen last comes first.' });

const act = z.strictObject({
  groupId: z.guid().describe('This group, or one that is merged into it.'),
  act: z.int().min(1).describe('What names it among the acts of its group.'),
  type: z.string(),
  at: time,
  requestedBy: z.string(),
  reason: z.string().nullable(),
  otherId: z.guid().nullable().describe('The other group, or the event.'),
  containing: z.string().nullable(),
  undoes: z.int().min(1).nullable(),
  isUndone: z.boolean(),
});

export const failureGroupDetailsAnswer = z
  .strictObject({
    ...fields,
    merged: z.array(z.guid()).describe('The groups that are merged into it.'),
    acts: z.array(act).describe('What operators did, the latest last.'),
    explanation: explanationAnswer.nullable(),
  })
  .meta({ id: 'FailureGroupDetails', description: `A failure group with its history and its explanation. ${times}` });

export const exampleFailureGroup = {
  id: '3c1f0a52-7d2e-8b41-9a76-2f5f0c6b1d10',
  handler: 'order.placed',
  class: 'Error',
  title: 'Error: the warehouse answers 503',
  why: 'The handler order.placed failed with Error, and the message is “the warehouse answers 503” once numbers, ids, hosts, paths and quoted values are left out. The first frames of your own code are ship orders/ship.ts',
  fingerprint: {
    ...{ version: 2, class: 'Error', message: 'the warehouse answers 503', frames: ['ship orders/ship.ts'] },
    containing: null,
  },
  status: 'open',
  firstSeenAt: '2030-01-31T12:00:00.000Z',
  lastSeenAt: '2030-01-31T12:05:00.000Z',
  lastEventId: '0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d',
  events: 12,
  attempts: 60,
  dead: 12,
  handlerVersions: ['1'],
  replays: { processed: 0, failed: 0 },
  note: null,
  resolvedAt: null,
  resolvedIn: null,
  returnedAt: null,
  splitFrom: null,
};

export const exampleFailureGroupDetails = {
  ...exampleFailureGroup,
  merged: [],
  acts: [],
  explanation: exampleExplanation,
};
