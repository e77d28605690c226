import { ReadDatabaseUnavailable } from '../../../application/failures.ts';
import { readRebuilds } from '../../../application/use-cases/rebuild/read-rebuilds.ts';
import { liveVersions, newestVersions } from '../../../projections/rebuild/queries.ts';
import { exampleRebuild, projectionListAnswer, rebuildView } from '../../answers/rebuild.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfReadingTheLog } from '../../route-problems.ts';
import { progressIfKnown, sendView } from './show-rebuild.ts';

/** From the log, so that it answers while the read tables are unavailable. */
export const listProjections = defineRoute({
  name: 'listProjections',
  method: 'GET',
  path: '/v1/projections',
  summary: 'List read models',
  description: 'Every read model, with the version of its rows and its last rebuild.',
  access: { permission: 'system:read' },
  answers: {
    200: {
      description: 'All of them.',
      body: {
        schema: projectionListAnswer,
        example: { items: [{ name: 'events', version: 1, newestVersion: 1, rebuild: exampleRebuild }] },
      },
    },
  },
  problems: problemsOfReadingTheLog,
  handler: (dependencies) => async (_request, reply) => {
    const { log, readDatabase, clock } = dependencies;
    const versions = await Promise.resolve()
      .then(() => liveVersions(readDatabase()))
      .catch((error: unknown) => {
        if (!(error instanceof ReadDatabaseUnavailable)) throw error;
        return new Map<string, number>();
      });
    const progress = await progressIfKnown(dependencies);
    const items = [];
    for (const [name, newestVersion] of newestVersions) {
      const state = (await readRebuilds(log, name)).at(-1);
      const about = { projection: name, reported: progress.get(name), now: clock.now() };
      const rebuild = state === undefined ? null : rebuildView({ ...about, state });
      items.push({ name, version: versions.get(name) ?? null, newestVersion, rebuild });
    }
    return sendView(reply, { items });
  },
});
