import type { z } from 'zod';
import type { explanationAnswer } from '../api/answers/explanation.ts';
import type { failureGroupAnswer, failureGroupDetailsAnswer } from '../api/answers/failure-group.ts';
import { plain, textTable } from './terminal-text.ts';

type Explanation = z.output<typeof explanationAnswer>;
type Group = z.output<typeof failureGroupAnswer>;
type GroupDetails = z.output<typeof failureGroupDetailsAnswer>;

/** Explanations are cut to less than this where they are recorded. */
const LONGEST_TEXT = 2_000;
const MOST_TITLE = 80;

const text = (written: string) => plain(written, LONGEST_TEXT);

const risks = { none: 'only looks', low: 'low risk', high: 'high risk' } as const;

/** Why an event probably failed, and what to do about it. */
export function drawExplanation(explanation: Explanation, eventId: string): string {
  const { summary, eventId: of, failureGroupId, eventRevision } = explanation;
  const whose = of === eventId.toLowerCase() ? 'this event' : `${of}, another event of its failure group`;
  const lines = [
    text(summary),
    `revision ${eventRevision} of ${whose}; failure group ${failureGroupId}`,
    '',
    ...linesOf(explanation),
  ];
  return `${lines.join('\n')}\n`;
}

function linesOf({
  probableCause,
  confidence,
  steps,
  restsOn,
  provider,
  model,
  fallbacks,
  createdAt,
}: Explanation): readonly string[] {
  return [
    `Why, with ${confidence} confidence: ${text(probableCause)}`,
    '',
    ...(steps.length === 0 ? [] : ['What to do']),
    ...steps.flatMap(({ what, command, risk }, index) => [
      `  ${index + 1}. ${text(what)} (${risks[risk]})`,
      ...(command === null ? [] : [`     ${text(command)}`]),
    ]),
    ...(steps.length === 0 ? [] : ['']),
    ...(restsOn.length === 0 ? [] : ['It rests on']),
    ...restsOn.map(
      ({ source, revision, quote }) => `  ${source === 'frame' ? 'the stack' : `revision ${revision}`}: ${text(quote)}`,
    ),
    ...(restsOn.length === 0 ? [] : ['']),
    `Said by ${plain(provider)}${model === null ? '' : ` (${plain(model)})`} at ${createdAt}`,
    ...fallbacks.map(({ provider: asked, why }) => `${plain(asked)} did not: ${plain(why)}`),
  ];
}

/** One line for each failure group. */
export const drawFailureGroups = (groups: readonly Group[]): string =>
  textTable(
    ['ID', 'STATUS', 'EVENTS', 'DEAD', 'LAST SEEN', 'HANDLER', 'FAILURE'],
    groups.map(({ id, status, events, dead, lastSeenAt, handler, title }) => [
      ...[id, status, String(events), String(dead), lastSeenAt, handler === null ? '-' : plain(handler)],
      plain(title, MOST_TITLE),
    ]),
  );

/** A failure group, what was done about it, and why it probably happens. */
export function drawFailureGroup(group: GroupDetails): string {
  const { id, title, status, why, events, attempts, dead, firstSeenAt, lastSeenAt, lastEventId } = group;
  const { replays, handlerVersions, acts, merged, explanation } = group;
  const lines = [
    plain(title),
    `${id}, ${statusOf(group)}`,
    `${text(why)}.`,
    '',
    `${events} events, ${attempts} failed attempts, ${dead} times a dead letter; replays: ${replays.processed} processed, ${replays.failed} failed`,
    `first seen ${firstSeenAt}, last ${lastSeenAt}${lastEventId === null ? '' : ` with ${lastEventId}`}`,
    ...(handlerVersions.length === 0
      ? []
      : [`versions of the handler: ${handlerVersions.map((each) => plain(each)).join(', ')}`]),
    ...(merged.length === 0 ? [] : [`merged into it: ${merged.join(', ')}`]),
    '',
    ...(acts.length === 0 ? [] : [...acts.map(drawAct), '']),
    ...(explanation === null ? ['It is not explained yet.'] : [text(explanation.summary), ...linesOf(explanation)]),
  ];
  if (status === 'returned') lines.splice(2, 0, 'It was resolved, and was seen again.');
  return `${lines.join('\n')}\n`;
}

function statusOf({ status, note, resolvedAt, resolvedIn, returnedAt }: GroupDetails): string {
  if (resolvedAt === null) return status;
  const version = resolvedIn === null ? '' : ` in version ${plain(resolvedIn)}`;
  const returned = returnedAt === null ? '' : `, returned ${returnedAt}`;
  return `resolved ${resolvedAt}${version}${returned}${note === null ? '' : `: ${text(note)}`}`;
}

function drawAct({
  at,
  act,
  type,
  requestedBy,
  reason,
  otherId,
  containing,
  undoes,
  isUndone,
}: GroupDetails['acts'][number]) {
  const details = [
    ...(otherId === null ? [] : [otherId]),
    ...(containing === null ? [] : [`containing “${plain(containing)}”`]),
    ...(undoes === null ? [] : [`of act ${undoes}`]),
    ...(reason === null ? [] : [text(reason)]),
  ];
  return `  ${at}  ${act}  ${type} by ${plain(requestedBy)}${details.length === 0 ? '' : `: ${details.join(', ')}`}${isUndone ? ' (taken back)' : ''}`;
}
