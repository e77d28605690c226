import { systemClock } from '../../../src/adapters/system/clock.ts';
import { eventIdOf } from '../../../src/application/event-identity.ts';
import { loadConfig } from '../../../src/worker/handlers/load-config.ts';
import type { StartCell } from '../../../src/worker/isolation/cell-link.ts';
import { createIsolatedRunner } from '../../../src/worker/isolation/isolated-runner.ts';
import { startProcess } from '../../../src/worker/isolation/start-process.ts';
import { startThread } from '../../../src/worker/isolation/start-thread.ts';
import { untilEnded } from '../../support/guarantees/until-ended.ts';
import { describeHostileHandlers, hostileConfig, printedIn } from '../../support/isolation/hostile-handlers.ts';
import type { Post } from '../../support/processes/post-all.ts';
import { openEmbeddedProfile } from '../../support/worker/embedded-profile.ts';
import { byClient, posted } from '../../support/worker/posting.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';

async function play(posts: readonly Post[], start: StartCell, isolates: boolean) {
  const logger = createRecordingLogger();
  const embedded = await openEmbeddedProfile(logger);
  const common = { start, isolates, configPath: hostileConfig, memoryMiB: 48, clock: systemClock, logger };
  await embedded.start({
    handlers: await loadConfig(hostileConfig),
    maxWaiting: 1_000,
    limits: { isolation: { overdueMs: 500 } },
    startRunner: (limits) => createIsolatedRunner({ ...common, limits }),
  });
  await Promise.all(posts.map(({ key, type }) => embedded.useCases.receiveEvent(posted(key, { type }), byClient)));
  await untilEnded(embedded.log, posts.length);
  const histories = await embedded.close();
  const printed = logger.lines.flatMap(({ fields }) => printedIn(fields));
  return { histories, printed, idOf: (key: string) => eventIdOf('client', key) };
}

describeHostileHandlers('handlers that would take others with them, all at once, in processes of their own', {
  play: (posts) => play(posts, startProcess, true),
});

describeHostileHandlers('handlers that would take others with them, all at once, in threads', {
  // By these the worker itself ends, or may end (docs/operating.md), and here that is the test.
  without: [
    'floods-the-heap',
    'floods-memory-beside-the-heap',
    'is-killed-from-outside',
    'sends-garbage-to-the-worker',
    'leaves-a-process-behind',
  ],
  play: (posts) => play(posts, startThread, false),
});
