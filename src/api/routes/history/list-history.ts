import { z } from 'zod';
import { aggregates } from '../../../application/aggregates.ts';
import { isAsWritten, unseal } from '../../../application/envelope.ts';
import { readBetween } from '../../../application/log-segments/read-between.ts';
import type { Checkpoint, RecordedTransition } from '../../../application/ports/event-log.ts';
import type { LogPlace } from '../../../application/ports/log-segments.ts';
import { BEGINNING } from '../../../application/read-transitions.ts';
import { exampleLogHistory, logHistoryAnswer } from '../../answers/log-history.ts';
import { type ListIdentity, opened, sealed } from '../../cursors.ts';
import { JSON_CONTENT_TYPE, type Sight } from '../../event-json.ts';
import { moment, wholeNumber } from '../../intake/query.ts';
import { memoryOfPage, mostAskedFor } from '../../limits.ts';
import { countPayloadsRead } from '../../plugins/access-counts.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';
import { damagedTransitionJson, hasPayload, transitionJson } from '../../transition-json.ts';

const DEFAULT_LIMIT = 50;
/** What one request looks through for its page. */
const LONGEST_MS = 1_000;
const MOST_LOOKED_AT = 50_000;

const types = aggregates.flatMap(({ schemas }) => Object.keys(schemas));

const query = z.strictObject({
  since: moment.optional().describe('Recorded at this time or later.'),
  until: moment.optional().describe('Recorded before this time.'),
  actor: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('Who acted: the subject of a token, or the name of a process, exactly.'),
  type: z
    .enum(types as [string, ...string[]])
    .optional()
    .describe('Of the transition.'),
  limit: wholeNumber(1, mostAskedFor.listItems)
    .optional()
    .describe(`Most items of a page; ${DEFAULT_LIMIT} unless given.`),
  cursor: z.string().max(1_000).optional().describe('`nextCursor` of the page before, with the same filters.'),
});

type Filters = Omit<z.output<typeof query>, 'limit' | 'cursor'>;

export const listHistory = defineRoute({
  name: 'listHistory',
  method: 'GET',
  path: '/v1/history',
  summary: 'List what happened',
  description:
    'Every transition of every event and API key, in the order of the log, straight from it; all filters that are given must hold. Times are those of the processes that recorded, whose clocks may differ: transitions are in the order of the log, and each that says a time from `since` to `until` is among them. Parts of the log that have none are passed over; what is left is looked through, a part of it for each page.',
  access: { permission: 'audit:read' },
  query,
  answers: { 200: { description: 'A page.', body: { schema: logHistoryAnswer, example: exampleLogHistory } } },
  problems: ['cursor-refused', 'log-damaged', 'log-unavailable', 'read-database-unavailable'],
  handler:
    ({ log, logSegments, clock, cursorKey, limits }) =>
    async (request, reply, { limit = DEFAULT_LIMIT, cursor, ...filters }) => {
      const list: ListIdentity = { clientId: request.principal.clientId, filters: { list: 'history', ...filters } };
      const from = cursor === undefined ? BEGINNING : placeIn(opened(cursor, list, await cursorKey()));
      const refused = { code: 'cursor-refused', detail: 'Begin again without a cursor.' } as const;
      if (from === null) return sendProblem(reply, refused);
      const refusal = await takeRoom(request, reply, memoryOfPage(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      const { since, until } = filters;
      const page = await readBetween(
        { log, clock, segments: logSegments },
        {
          ...{ from, times: { since, until }, isWanted: wantedBy(filters), limit },
          ...{ characters: limits.pageBytes, longestMs: LONGEST_MS, mostLookedAt: MOST_LOOKED_AT },
        },
      );
      if (page === null) return sendProblem(reply, refused);
      countPayloadsRead(request, page.transitions.filter(hasPayload).length);
      const { items, verified } = itemsOf(page.transitions, request);
      const nextCursor = page.next === null ? null : sealed(textOf(page.next), list, await cursorKey());
      const ending = JSON.stringify({ verified, nextCursor }).slice(1);
      return reply.header('content-type', JSON_CONTENT_TYPE).send(`{"items":[${items.join()}],${ending}`);
    },
});

function itemsOf(transitions: readonly RecordedTransition[], sight: Sight) {
  let verified = true;
  const items = transitions.map((recorded) => {
    const isSound = isAsWritten(recorded);
    verified &&= isSound;
    const item = isSound ? transitionJson(recorded, sight) : damagedTransitionJson(recorded, sight);
    return `{"position":"${recorded.position}",${item.slice(1)}`;
  });
  return { items, verified };
}

const wantedBy =
  ({ since, until, actor, type }: Filters) =>
  (recorded: RecordedTransition): boolean =>
    (type === undefined || recorded.type === type) &&
    (since === undefined || recorded.recordedAt >= since) &&
    (until === undefined || recorded.recordedAt < until) &&
    (actor === undefined || actorOf(recorded) === actor);

/** `null` where the metadata cannot be read: such a transition is found without this filter. */
function actorOf(recorded: RecordedTransition): string | null {
  try {
    const { actor } = unseal(recorded).envelope;
    return actor.kind === 'principal' ? actor.subject : actor.process;
  } catch {
    return null;
  }
}

const textOf = ({ after, position }: LogPlace) => JSON.stringify([after, String(position)]);

/** `null` for no cursor of ours. */
function placeIn(text: string | null): LogPlace | null {
  if (text === null) return null;
  const [after, position] = JSON.parse(text) as readonly [Checkpoint | null, string];
  return { after, position: BigInt(position) };
}
