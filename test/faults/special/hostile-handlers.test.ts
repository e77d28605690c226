import { openEventStoreDbLog } from '../../../src/adapters/eventstoredb/open-event-store-db-log.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import { startThread } from '../../../src/worker/isolation/start-thread.ts';
import { isWhole } from '../../support/faults/scale.ts';
import { missingForFullProfile, startFullProfile } from '../../support/full-profile/full-profile.ts';
import { readAllHistories } from '../../support/guarantees/read-histories.ts';
import { untilEnded } from '../../support/guarantees/until-ended.ts';
import { describeHostileHandlers, hostileConfig, printedIn } from '../../support/isolation/hostile-handlers.ts';
import { playEmbedded } from '../../support/isolation/play-embedded.ts';
import { type Post, postAll } from '../../support/processes/post-all.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

const missing = missingForFullProfile();
if (missing !== null) process.stdout.write(`skipped: hostile handlers in the full profile, because ${missing}\n`);

async function playOnServers(posts: readonly Post[]) {
  const printed: string[] = [];
  const profile = await startFullProfile(
    { api: 1, projector: 1, dispatcher: 1, worker: 2 },
    {
      handlersFile: hostileConfig,
      // Lines of handlers' own are told from `info` on.
      envOf: () => ({ HANDLER_MEMORY_MIB: '48', LOG_LEVEL: 'info' }),
      onLine: (line) => {
        if (line.startsWith('{')) printed.push(...printedIn(JSON.parse(line) as object));
      },
    },
  );
  try {
    const ids = await postAll({ url: profile.apiUrls()[0] ?? '', token: profile.token }, posts);
    const log = openEventStoreDbLog({
      ...{ url: profile.log().url, clock: systemClock, random: systemRandom, logger: silentLogger },
    });
    await untilEnded(log, posts.length);
    const histories = await readAllHistories(log);
    await log.close();
    return { histories, printed, idOf: (key: string) => ids.get(key) ?? '' };
  } finally {
    await profile.stop();
  }
}

const leftOut = isWhole() ? null : 'npm run test:faults has it';

describeHostileHandlers('handlers that would take others with them, all at once, on real servers', {
  missing: missing ?? leftOut,
  play: playOnServers,
});

describeHostileHandlers('handlers that would take others with them, all at once, in threads', {
  missing: leftOut,
  // By these the worker itself ends, or may end (docs/operating.md), and here that is the test.
  without: [
    'floods-the-heap',
    'floods-memory-beside-the-heap',
    'is-killed-from-outside',
    'sends-garbage-to-the-worker',
    'leaves-a-process-behind',
  ],
  play: (posts) => playEmbedded(posts, { start: startThread, isolates: false }),
});
