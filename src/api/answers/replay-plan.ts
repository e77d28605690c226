import { z } from 'zod';
import { planStates } from '../../domain/replay-plan/state.ts';
import { planActions } from '../../domain/replay-plan/transitions.ts';
import { memberOutcomes } from '../../projections/replay-plans/queries.ts';
import { exampleFailureGroup } from './failure-group.ts';
import { time, times } from './times.ts';

const count = z.int().min(0);
const counted = z.array(z.strictObject({ name: z.string(), events: count }));

export const startRules = {
  ratePerSecond: z.int().min(1).max(10_000).describe('Most members in a second. It is less while fresh events wait.'),
  canary: z
    .strictObject({
      events: z.int().min(0).max(1_000).describe('Members that go first, and have to end before any other is taken.'),
      mayFail: count.max(1_000).describe('So many of them may become dead letters again.'),
    })
    .describe('Without members, the plan begins with the first batch.'),
  stopWhenFailed: z
    .strictObject({
      share: z.number().min(0).max(1).describe('Of the members that have ended.'),
      atLeast: z.int().min(1).max(1_000_000),
    })
    .describe('The plan stops itself when so many members, and such a share, became dead letters again.'),
};

export const replayPlanAnswer = z
  .strictObject({
    id: z.guid(),
    action: z.enum(planActions),
    state: z
      .enum(planStates)
      .describe('`stopped`: by its own rule; `stop` says which failures did it. `paused`: by an operator.'),
    reason: z.string(),
    requestedBy: z.string(),
    createdAt: time,
    filter: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .nullable()
      .describe('Null where ids were given.'),
    size: count.describe('Events in the frozen set.'),
    setHash: z.string().describe('SHA-256 over the set: docs/replay-plans.md says of what.'),
    counts: z.strictObject({
      byType: counted,
      byGroup: z
        .array(z.strictObject({ id: z.guid().nullable(), title: z.string(), events: count }))
        .describe('By failure group, the largest first; all others are one.'),
      byAge: counted.describe('By how long they had been dead letters.'),
      byReplays: counted.describe('By how often they had been replayed.'),
    }),
    sample: z.array(z.guid()).describe('Some of the events.'),
    blocked: z
      .array(z.strictObject({ type: z.string(), events: count, why: z.enum(['manual', 'never']) }))
      .describe(
        'Dead letters that were left out: what the handler of the type says with `replay`. `manual` takes ids.',
      ),
    missing: z.array(z.guid()).describe('Ids that were given and are no dead letters.'),
    start: z.strictObject(startRules).nullable().describe('Null before it is started.'),
    progress: z
      .strictObject({
        waiting: count,
        replayed: count.describe('And not at an end yet.'),
        done: count.describe('Processed, or discarded.'),
        dead: count.describe('Dead letters again.'),
        skipped: count.describe('No longer what they were when the set was frozen; nothing was done to them.'),
      })
      .nullable()
      .describe('The numbers add up to `size`. Null while the read tables are unavailable.'),
    secondsLeft: count.nullable().describe('By how fast it has gone so far; null where it does not run.'),
    newMatches: count
      .nullable()
      .describe(
        'Dead letters that the filter lets through now, that are not in the set and of no type in `blocked`. Nothing is done to them. Null in lists, without a filter, and once it is over.',
      ),
    pausedTypes: z
      .array(z.string())
      .describe('Types of its events that are paused: what was replayed of them waits, and the plan with it.'),
    stop: z
      .strictObject({
        by: z.enum(['canary', 'threshold']),
        at: time,
        failures: count,
        settled: count.describe('Members that had ended.'),
        failed: z.array(z.strictObject({ eventId: z.guid(), error: z.string().nullable() })).describe('The latest.'),
      })
      .nullable()
      .describe('When it stopped itself last.'),
    steps: z
      .array(z.strictObject({ type: z.string(), at: time, by: z.string().nullable(), reason: z.string().nullable() }))
      .describe('What was done about the plan, by whom and why; `by` is null where it was the system.'),
  })
  .meta({ id: 'ReplayPlan', description: `A frozen set of dead letters, and their outcomes. ${times}` });

export const replayPlanListAnswer = z
  .strictObject({
    items: z.array(replayPlanAnswer),
    nextCursor: z.string().nullable().describe('For the next page; null at the end.'),
  })
  .meta({ id: 'ReplayPlanList', description: 'A page of replay plans, the one that was requested last first.' });

export const replayPlanMembersAnswer = z
  .strictObject({
    items: z.array(
      z.strictObject({
        number: count,
        eventId: z.guid(),
        outcome: z.enum(memberOutcomes),
        why: z.string().nullable().describe('Why it was skipped, or what it failed with last.'),
      }),
    ),
    nextFrom: count.nullable().describe('`from` of the next page; null at the end.'),
  })
  .meta({ id: 'ReplayPlanMembers', description: 'Members of a plan, in the order in which they are taken.' });

const eventId = '0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d';

export const exampleReplayPlan = {
  id: '5a0f2c1e-0c7e-4b6a-9d53-3f1f6a1f9e2b',
  action: 'replay',
  state: 'frozen',
  reason: 'the warehouse is back',
  requestedBy: 'ada',
  createdAt: '2030-01-31T13:00:00.000Z',
  filter: { failureGroup: exampleFailureGroup.id },
  size: 500,
  setHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  counts: {
    byType: [{ name: 'order.placed', events: 500 }],
    byGroup: [{ id: exampleFailureGroup.id, title: exampleFailureGroup.title, events: 500 }],
    byAge: [{ name: 'less than a day', events: 500 }],
    byReplays: [{ name: 'never', events: 500 }],
  },
  sample: [eventId],
  blocked: [],
  missing: [],
  start: null,
  progress: { waiting: 500, replayed: 0, done: 0, dead: 0, skipped: 0 },
  secondsLeft: null,
  newMatches: 0,
  pausedTypes: [],
  stop: null,
  steps: [{ type: 'ReplayPlanRequested', at: '2030-01-31T13:00:00.000Z', by: 'ada', reason: 'the warehouse is back' }],
};

export const exampleMembers = {
  items: [{ number: 3, eventId, outcome: 'dead', why: 'Error: the warehouse answers 503' }],
  nextFrom: null,
};
