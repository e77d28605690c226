import type { FastifyRequest } from 'fastify';
import { ReadDatabaseUnavailable } from '../application/failures.ts';
import { type EventView, eventsOfClient } from '../projections/events/queries.ts';
import { type ExplanationView, findExplanations } from '../projections/explanations/queries.ts';
import { groupsOfEvents } from '../projections/failure-groups/queries.ts';
import type { RouteDependencies } from './dependencies.ts';

interface OfFailure {
  readonly failureGroupId: string | null;
  readonly explanation: ExplanationView | null;
}

const unknown: OfFailure = { failureGroupId: null, explanation: null };

/**
 * What is said about the dead letters among events: the group of their failure, and its explanation. A page takes three queries,
 * however many it has, and none without a dead letter. It comes from rows alone, and where these are unavailable nothing is known: the
 * event itself is shown all the same.
 */
export async function failuresOfDeadLetters(
  { readDatabase }: Pick<RouteDependencies, 'readDatabase'>,
  events: readonly EventView[],
  request: FastifyRequest,
): Promise<(event: EventView) => OfFailure | undefined> {
  const dead = events.filter(({ status }) => status === 'DEAD');
  const known = new Map<string, OfFailure>();
  try {
    if (dead.length > 0) {
      const groups = await groupsOfEvents(
        readDatabase('failure-groups'),
        dead.map(({ id }) => id),
      );
      for (const [id, [failureGroupId]] of groups) known.set(id, { failureGroupId, explanation: null });
      const explanations = await findExplanations(
        readDatabase('explanations'),
        // The attempt that it died of is recorded right before.
        dead.map(({ id, revision }) => ({
          ...{ eventId: id, eventRevision: revision - 1, groupIds: groups.get(id) ?? [] },
        })),
      );
      const isShown = await mayBeShown(readDatabase, [...explanations.values()], request);
      for (const [id, explanation] of explanations)
        if (isShown(explanation)) known.set(id, { failureGroupId: known.get(id)?.failureGroupId ?? null, explanation });
    }
  } catch (error) {
    if (!(error instanceof ReadDatabaseUnavailable)) throw error;
  }
  return (event) => (event.status === 'DEAD' ? (known.get(event.id) ?? unknown) : undefined);
}

/** What was said of another client's event quotes it, so that it is as if nothing had been said yet. */
async function mayBeShown(
  readDatabase: RouteDependencies['readDatabase'],
  explanations: readonly ExplanationView[],
  request: FastifyRequest,
): Promise<(explanation: ExplanationView) => boolean> {
  if (!request.ownEventsOnly) return () => true;
  const ids = [...new Set(explanations.map(({ eventId }) => eventId))];
  const own = await eventsOfClient(readDatabase(), request.principal.clientId, ids);
  return ({ eventId }) => own.has(eventId);
}
