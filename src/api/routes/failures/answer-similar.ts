import type { FastifyReply, FastifyRequest } from 'fastify';
import { EmbeddingFailed } from '../../../application/ports/embedding-provider.ts';
import { type FailureText, wholeTextOf } from '../../../application/similar/failure-text.ts';
import { sharedTerms, whySimilar } from '../../../application/similar/in-words.ts';
import { termList } from '../../../application/similar/terms.ts';
import { DeadlinePassed, within } from '../../../application/within.ts';
import { findExplanationsOfRoots } from '../../../projections/explanations/queries.ts';
import {
  type FailureGroupView,
  findFailureGroups,
  findOtherEvent,
} from '../../../projections/failure-groups/queries.ts';
import { findSimilar, type SimilarGroup } from '../../../projections/similar/queries.ts';
import { explanationJson } from '../../answers/explanation.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { mayKnowOfEvent } from './failure-of-event.ts';

export const DEFAULT_SIMILAR = 10;
export const MOST_SIMILAR = 50;
/** A model that does not answer by then is done without. */
const EMBEDDING_MS = 5_000;

type Dependencies = Pick<RouteDependencies, 'log' | 'readDatabase' | 'embeddings' | 'clock'>;

interface AskedFor extends FailureText {
  readonly handler: string | null;
  readonly eventId: string | null;
  readonly limit: number;
}

/** @throws {ReadDatabaseUnavailable} @throws {LogUnavailable} */
export async function answerSimilar(
  { log, readDatabase, embeddings, clock }: Dependencies,
  asked: AskedFor,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { eventId, limit } = asked;
  const text = wholeTextOf(asked);
  const db = readDatabase('failure-texts');
  const groupsOf = readDatabase('failure-groups');
  const { model, leastSimilarity } = embeddings;
  const vector = await vectorOf(text, { embeddings, clock });
  const found = await findSimilar(
    db,
    { ...asked, terms: termList(text), vector, model, leastSimilarity },
    // Those that a client may not know of are left out of them.
    { limit: request.ownEventsOnly ? MOST_SIMILAR : limit, now: new Date(clock.now()) },
  );
  const ids = found.map(({ groupId }) => groupId);
  const views = new Map((await findFailureGroups(groupsOf, ids)).map((view) => [view.id, view]));
  const explanations = ids.length === 0 ? new Map() : await findExplanationsOfRoots(readDatabase('explanations'), ids);
  const items: object[] = [];
  for (const each of found) {
    const view = views.get(each.groupId);
    const other = view === undefined ? null : await eventOf(view);
    if (view === undefined || other === null || !(await mayKnowOfEvent(log, other, request))) continue;
    const explanation = explanations.get(each.groupId);
    // As that of an event is: what was said of another client's event quotes it.
    const isShown = explanation !== undefined && (await mayKnowOfEvent(log, explanation.eventId, request));
    items.push({
      ...{ score: each.score, failureGroup: groupJson(view, request.ownEventsOnly), eventId: other },
      ...{ why: whyJson(text, each), explanation: isShown ? explanationJson(explanation) : null },
    });
    if (items.length === limit) break;
  }
  return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify({ items, model }));

  async function eventOf({ id, lastEventId }: FailureGroupView): Promise<string | null> {
    return eventId === null || lastEventId !== eventId ? lastEventId : findOtherEvent(groupsOf, id, eventId);
  }
}

export const answerNothing = ({ embeddings: { model } }: Pick<Dependencies, 'embeddings'>, reply: FastifyReply) =>
  reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify({ items: [], model }));

/** `null` where the model gives none in time: words are compared alone then. */
async function vectorOf(text: string, { embeddings, clock }: Pick<Dependencies, 'embeddings' | 'clock'>) {
  const late = new AbortController();
  try {
    const [only] = await within(clock, EMBEDDING_MS, embeddings.embed([text], late.signal));
    return only ?? null;
  } catch (error) {
    if (!(error instanceof EmbeddingFailed || error instanceof DeadlinePassed)) throw error;
    return null;
  } finally {
    late.abort();
  }
}

/** Without what is of all clients, for those who may know of their own events alone. */
function groupJson(view: FailureGroupView, ownEventsOnly: boolean) {
  const { id, handler, class: name, title, status, lastSeenAt, events, dead, replays, note } = view;
  const { resolvedAt, resolvedIn } = view;
  const ofAll = ownEventsOnly
    ? { lastSeenAt: null, events: null, dead: null, replays: null, note: null }
    : { lastSeenAt, events, dead, replays, note };
  return { id, handler, class: name, title, status, ...ofAll, resolvedAt, resolvedIn };
}

function whyJson(asked: string, { text, distance, isSameClass, isSameHandler }: SimilarGroup) {
  const shared = sharedTerms(asked, text);
  return {
    ...{ text: whySimilar(shared), sharedOperations: shared.operations, sharedWords: shared.words },
    ...{ vectorDistance: distance, sameClass: isSameClass, sameHandler: isSameHandler },
  };
}
