import { z } from 'zod';
import { exampleFailureGroup } from './failure-group.ts';
import { time, times } from './times.ts';

const count = z.int().min(0);

const group = z.strictObject({
  failureGroupId: z.guid().nullable().describe('Null of dead letters whose failure no group counts yet.'),
  handler: z.string().nullable(),
  class: z.string().nullable(),
  title: z.string().nullable(),
  events: count,
  types: count.describe('Different types of these events.'),
  diedFirst: time,
  diedLast: time,
  lastEventId: z.guid().describe('Which died last.'),
});

export const deadLetterGroupsAnswer = z
  .strictObject({ items: z.array(group), events: count, groups: count })
  .meta({ id: 'DeadLetterGroups', description: `Dead letters by failure group. ${times}` });

export const exampleDeadLetterGroups = {
  items: [
    {
      ...{ failureGroupId: exampleFailureGroup.id, handler: exampleFailureGroup.handler },
      ...{ class: exampleFailureGroup.class, title: exampleFailureGroup.title, events: 500, types: 1 },
      ...{ diedFirst: '2030-01-31T12:00:00.000Z', diedLast: '2030-01-31T13:00:00.000Z' },
      lastEventId: '0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d',
    },
  ],
  events: 500,
  groups: 1,
};
