import { systemClock } from '../../../src/adapters/system/clock.ts';
import { eventIdOf } from '../../../src/application/event-identity.ts';
import { loadConfig } from '../../../src/worker/handlers/load-config.ts';
import type { StartCell } from '../../../src/worker/isolation/cell-link.ts';
import { createIsolatedRunner } from '../../../src/worker/isolation/isolated-runner.ts';
import { untilEnded } from '../guarantees/until-ended.ts';
import type { Post } from '../processes/post-all.ts';
import { openEmbeddedProfile } from '../worker/embedded-profile.ts';
import { byClient, posted } from '../worker/posting.ts';
import { createRecordingLogger } from '../worker/recording-logger.ts';
import { type Aftermath, hostileConfig, printedIn } from './hostile-handlers.ts';

/** Posts to the embedded profile, whose handlers run where `start` puts them. */
export async function playEmbedded(
  posts: readonly Post[],
  { start, isolates }: { readonly start: StartCell; readonly isolates: boolean },
): Promise<Aftermath> {
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
