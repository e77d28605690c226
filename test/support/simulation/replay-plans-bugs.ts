import type { PlantedBug } from './planted-bugs.ts';

const runner = 'worker/replay-plans/plan-runner.ts';
const pace = 'worker/replay-plans/plan-run.ts';
const member = 'application/use-cases/replay-plan/act-on-member.ts';

const bug = (name: string, caughtBy: number, file: string, find: string, replace: string): PlantedBug => ({
  name,
  caughtBy,
  edits: [{ file, find, replace }],
});

/** THE LIST of those that the simulation of replay plans has to notice, each with a seed that does. */
export const replayPlanBugs: readonly PlantedBug[] = [
  {
    name: 'a member is replayed twice after a takeover',
    caughtBy: 6,
    edits: [
      {
        file: member,
        find: 'const transitionId = idOfAct(planId, member.eventId);',
        replace: 'const transitionId = idOfAct(planId + dependencies.random.uuid(), member.eventId);',
      },
      // As if its state said enough.
      {
        file: member,
        find: 'if (Number(history.at(-1)?.revision ?? -1) === revision) return null;',
        replace:
          'if (history.some(({ metadata }) => metadata.includes(planId))) return null;\n  if (Number(history.at(-1)?.revision ?? -1) === revision) return null;',
      },
      {
        file: member,
        find: 'earlier: (found) => asBefore(found, transitionId, member),',
        replace: 'earlier: (found) => asBefore(found, transitionId, member, planId),',
      },
      {
        file: member,
        find: 'transitionId: string, { revision }: PlanMember)',
        replace: 'transitionId: string, { revision }: PlanMember, planId: string)',
      },
    ],
  },
  bug(
    'a member that was taken before a takeover is recorded as skipped',
    6,
    member,
    'const transitionId = idOfAct(planId, member.eventId);',
    'const transitionId = idOfAct(planId + dependencies.random.uuid(), member.eventId);',
  ),
  bug(
    'a member that others changed is replayed all the same',
    1,
    member,
    ' === revision) return null;',
    ' >= revision) return null;',
  ),
  bug('the threshold is not looked at', 2, pace, 'if (isOverThreshold(state, progress)) return', 'if (false) return'),
  bug(
    'the canary is not waited for',
    19,
    pace,
    "return underWay > 0 ? { kind: 'wait' } : { kind: 'judge-canary' };",
    "return { kind: 'judge-canary' };",
  ),
  bug(
    'a successor takes the canary for passed',
    2,
    runner,
    'const isCanaryPassed = issued > (',
    'const isCanaryPassed = issued >= (',
  ),
  bug(
    "a member is left out at a page's end",
    1,
    runner,
    'run.issued += members.length;',
    'run.issued += members.length + (members.length === membersAtOnce ? 1 : 0);',
  ),
  bug(
    'what an operator decided is not heard',
    5,
    runner,
    'const later = await log.readStream(',
    "if (known.plan.state?.step === 'running') return known;\n    const later = await log.readStream(",
  ),
  bug(
    'a plan is completed before its last members have ended',
    1,
    pace,
    "if (issued >= requested.size) return underWay > 0 ? { kind: 'wait' } : { kind: 'complete' };",
    "if (issued >= requested.size) return { kind: 'complete' };",
  ),
  bug(
    'a batch does not wait for the one before',
    1,
    pace,
    "&& underWay > 0) return { kind: 'wait' };",
    "&& underWay > requested.size) return { kind: 'wait' };",
  ),
];
