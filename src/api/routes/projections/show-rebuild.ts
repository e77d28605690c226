import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ReadDatabaseUnavailable } from '../../../application/failures.ts';
import type { RebuildState } from '../../../domain/rebuild/state.ts';
import { newestVersions, type RebuildProgress, rebuildProgress } from '../../../projections/rebuild/queries.ts';
import { rebuildView } from '../../answers/rebuild.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import type { Problem } from '../../problem-details.ts';

const [first = '', ...others] = newestVersions.keys();

/** What cannot be a name is answered like one that is unknown. */
export const projectionName = z.enum([first, ...others]).describe('Of the read model.');

/** What is answered instead of a read model that is not there. */
export const noSuchProjection: Problem = {
  code: 'projection-not-found',
  detail: `There are ${[...newestVersions.keys()].join(', ')}.`,
};

/** Without it while the read tables are unavailable: what was decided is in the log. */
export const progressIfKnown = async ({
  readDatabase,
}: Pick<RouteDependencies, 'readDatabase'>): Promise<ReadonlyMap<string, RebuildProgress>> => {
  try {
    return await rebuildProgress(readDatabase());
  } catch (error) {
    if (!(error instanceof ReadDatabaseUnavailable)) throw error;
    return new Map();
  }
};

export async function shownRebuild(
  dependencies: Pick<RouteDependencies, 'readDatabase' | 'clock'>,
  projection: string,
  state: RebuildState,
) {
  const reported = (await progressIfKnown(dependencies)).get(projection);
  return rebuildView({ projection, state, reported, now: dependencies.clock.now() });
}

export const sendView = (reply: FastifyReply, view: object) =>
  reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(view));
