import type { z } from 'zod';
import type { replayPlanAnswer } from '../api/answers/replay-plan.ts';
import { plain, textTable } from './terminal-text.ts';

export type Plan = z.output<typeof replayPlanAnswer>;

const numbers = new Intl.NumberFormat('en');
const counted = (events: number) => `${numbers.format(events)} ${events === 1 ? 'event' : 'events'}`;

/** How far it is, in one line. */
export function planProgressLine({ state, progress, size, secondsLeft }: Plan): string {
  if (progress === null) return `${state}  how far it is, the system cannot say now`;
  const { waiting, replayed, done, dead, skipped } = progress;
  const parts = [
    `${state}  ${numbers.format(size - waiting)} of ${numbers.format(size)} taken`,
    `${numbers.format(done)} done`,
    `${numbers.format(replayed)} under way`,
    `${numbers.format(dead)} dead again`,
    ...(skipped === 0 ? [] : [`${numbers.format(skipped)} skipped`]),
    ...(secondsLeft === null ? [] : [`${numbers.format(secondsLeft)} s left`]),
  ];
  return parts.join('  ');
}

const drawCounts = (plan: Plan): readonly string[] => {
  const { byGroup, ...others } = plan.counts;
  const line = (title: string, counts: readonly { readonly name: string; readonly events: number }[]) =>
    `  ${title}: ${counts.map(({ name, events }) => `${plain(name)} ${numbers.format(events)}`).join(', ')}`;
  return [
    line('by type', others.byType),
    line('dead for', others.byAge),
    line('replayed before', others.byReplays),
    ...byGroup.map(({ title, events }) => `  ${numbers.format(events)} × ${plain(title)}`),
  ];
};

/** A whole plan, for people. */
export const drawPlan = (plan: Plan): readonly string[] => [
  `plan ${plan.id}: ${plan.action} of ${counted(plan.size)}, ${plan.state}`,
  ...drawCounts(plan),
  ...plan.blocked.map(
    ({ type, events, why }) => `  left out: ${counted(events)} of ${plain(type)}, whose handler says replay: '${why}'`,
  ),
  ...(plan.missing.length === 0 ? [] : [`  left out: ${plan.missing.length} ids that are no dead letters`]),
  ...(plan.newMatches ? [`  ${counted(plan.newMatches)} matched since; nothing is done to them`] : []),
  ...(plan.start === null ? [] : ['', planProgressLine(plan)]),
  ...drawStop(plan),
  '',
  ...plan.steps.map(
    ({ at, type, by, reason }) =>
      `  ${at}  ${type}${by === null ? '' : ` by ${plain(by)}`}${reason === null ? '' : `: ${plain(reason)}`}`,
  ),
];

function drawStop({ state, stop }: Plan): readonly string[] {
  if (state !== 'stopped' || stop === null) return [];
  const why = stop.by === 'canary' ? 'its canary failed' : 'too many failed';
  return [
    `It stopped itself, because ${why}: ${stop.failures} of ${stop.settled} that ended are dead letters again.`,
    ...stop.failed.map(({ eventId, error }) => `  ${eventId}  ${plain(error ?? '')}`),
  ];
}

export const drawPlans = (plans: readonly Plan[]): readonly string[] => [
  textTable(
    ['ID', 'MADE', 'ACTION', 'STATE', 'EVENTS', 'DONE', 'DEAD', 'BY', 'REASON'],
    plans.map(({ id, createdAt, action, state, size, progress, requestedBy, reason }) => [
      ...[id, createdAt, action, state, String(size), String(progress?.done ?? '-'), String(progress?.dead ?? '-')],
      ...[plain(requestedBy), plain(reason, 60)],
    ]),
  ).trimEnd(),
];
