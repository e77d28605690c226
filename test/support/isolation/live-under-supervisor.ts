import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/open-embedded-log.ts';
import { decodeEventTransition } from '../../../src/application/event-history.ts';
import type { Transition } from '../../../src/domain/event/transitions.ts';
import type { Evidence } from '../guarantees/evidence.ts';
import { readAllHistories } from '../guarantees/read-histories.ts';
import { type Post, postAll, untilRowsEnded } from '../processes/post-all.ts';
import { superviseEventOps } from '../processes/supervised-eventops.ts';

const deadlyConfig = fileURLToPath(new URL('deadly.config.ts', import.meta.url));

export interface Lived {
  readonly histories: Evidence['histories'];
  historyOf(key: string): readonly Transition[];
  /** How often the whole process was started. */
  readonly starts: number;
  /** `eventops_events_poisoned_total` of the last process. */
  readonly poisoned: number;
  /** What was logged, as the messages of the lines. */
  readonly messages: readonly string[];
}

/** The embedded profile in a process that is started again whenever it ends, until all that is posted has ended. */
export async function liveUnderSupervisor(posts: readonly Post[], env: NodeJS.ProcessEnv): Promise<Lived> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'eventops-supervised-'));
  const messages: string[] = [];
  const settings = { DATA_DIR: dataFolder, EVENTOPS_CONFIG: deadlyConfig, LOG_LEVEL: 'info', ...env };
  const eventops = await superviseEventOps(settings, (line) => {
    if (line.startsWith('{')) messages.push(String((JSON.parse(line) as { readonly msg?: string }).msg));
  });
  try {
    const ids = await postAll(eventops, posts);
    await untilRowsEnded(eventops, posts.length);
    const poisoned = await eventops.metric('eventops_events_poisoned_total');
    const starts = eventops.starts();
    await eventops.stop();
    const log = await openEmbeddedLog({ path: join(dataFolder, 'log.sqlite') });
    const histories = await readAllHistories(log);
    await log.close();
    const historyOf = (key: string) => (histories.get(ids.get(key) ?? '') ?? []).map(decodeEventTransition);
    return { histories, historyOf, starts, poisoned, messages };
  } finally {
    await eventops.stop();
    await rm(dataFolder, { recursive: true, force: true });
  }
}
