import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedBus } from '../../../src/adapters/embedded-bus/embedded-bus.ts';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/open-embedded-log.ts';
import { openEmbeddedReadDatabase } from '../../../src/adapters/postgres/open-embedded-read-database.ts';
import { systemChance } from '../../../src/adapters/system/chance.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { decodeTransition } from '../../../src/application/decode-transition.ts';
import { eventIdOf } from '../../../src/application/event-identity.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { allRoles } from '../../../src/cli/program.ts';
import type { Transition } from '../../../src/domain/event/transitions.ts';
import { createServices } from '../../../src/main/work-of-roles.ts';
import type { Database } from '../../../src/projections/database.ts';
import { createStores } from '../../../src/projections/stores.ts';
import { loadConfig } from '../../../src/worker/handlers/load-config.ts';
import { createIsolatedRunner } from '../../../src/worker/isolation/isolated-runner.ts';
import { startProcess } from '../../../src/worker/isolation/start-process.ts';
import { findBreaches } from '../../support/guarantees/find-breaches.ts';
import { readAllHistories } from '../../support/guarantees/read-histories.ts';
import { byClient, posted } from '../../support/worker/posting.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';

const configPath = join(import.meta.dirname, '../../support/isolation/eventops.config.ts');
const NEIGHBOURS = 300;
const place = { clock: systemClock, chance: systemChance };

/** Resolves when so many events have ended. */
async function ended(log: EventLog, count: number): Promise<void> {
  let left = count;
  for await (const message of log.subscribeAll(null)) {
    if (message.kind !== 'transitions') continue;
    for (const { type } of message.transitions)
      if (type === 'ProcessingSucceeded' || type === 'EventDeadLettered') left -= 1;
    if (left <= 0) return;
  }
}

describe('handlers that would take others with them, all at once', async () => {
  const handlers = await loadConfig(configPath);
  const hostile = handlers.map(({ pattern }) => pattern).filter((pattern) => pattern !== 'good');
  const logger = createRecordingLogger();
  let folder: string;
  let histories: Awaited<ReturnType<typeof readAllHistories>>;
  const historyOf = (key: string): readonly Transition[] =>
    (histories.get(eventIdOf('client', key)) ?? []).map(decodeTransition);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eventops-hostile-'));
    const log = await openEmbeddedLog({ path: join(folder, 'log.sqlite') });
    const rows = await openEmbeddedReadDatabase<Database>({ folder: join(folder, 'rows'), logger });
    const useCases = createUseCases({ log, ...place });
    const services = await createServices({
      roles: allRoles,
      parts: {
        log,
        stores: createStores(rows.db),
        bus: new EmbeddedBus({ maxWaiting: 1_000 }),
        leases: null,
        isOnlyProcess: true,
      },
      ...{ handlers, useCases, logger, shutdownTimeoutMs: 1_000, processName: systemChance.uuid(), ...place },
      metrics: { counted: (subscriber) => subscriber },
      runner: createIsolatedRunner({
        ...{ start: startProcess, isolates: true, configPath, memoryMiB: 48, clock: systemClock, logger },
        limits: { overdueMs: 500 },
      }),
    });
    for (const service of services) await service.start();
    const keys = Array.from({ length: NEIGHBOURS }, (_, index) => ({ key: `good-${index}`, type: 'good' }));
    // The hostile ones in the midst of the others.
    keys.splice(NEIGHBOURS / 2, 0, ...hostile.map((type) => ({ key: type, type })));
    await Promise.all(keys.map(({ key, type }) => useCases.receiveEvent(posted(key, { type }), byClient)));
    await ended(log, keys.length);
    for (const service of services.toReversed()) await service.stop();
    histories = await readAllHistories(log);
    await rows.close();
    await log.close();
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true }));

  it.each(hostile)('one that %s is dead alone, by its own attempts', (key) => {
    const history = historyOf(key);
    const died = history.at(-1);
    expect(died).toMatchObject({ type: 'EventDeadLettered' });
    const failed = history.filter(({ type }) => type === 'ProcessingFailed');
    expect(died).toMatchObject({ data: { attempt: failed.length } });
  });

  it('every neighbour is processed at its first attempt', () => {
    const outcomes = Array.from({ length: NEIGHBOURS }, (_, index) => historyOf(`good-${index}`).at(-1));
    const atFirst = outcomes.filter((last) => last?.type === 'ProcessingSucceeded' && last.data.attempt === 1);
    expect(atFirst).toHaveLength(NEIGHBOURS);
  });

  it('histories keep every promise', () => {
    expect(findBreaches({ acknowledged: [], histories, rows: null })).toEqual([]);
  });

  it('what a handler started ends with it', () => {
    const left = logger.lines
      .map(({ fields }) => (fields as { handler?: { wrote?: string } }).handler?.wrote ?? '')
      .flatMap((text) => /^left (\d+)$/.exec(text)?.[1] ?? []);
    expect(left.length).toBeGreaterThan(0);
    for (const pid of left) expect(() => process.kill(Number(pid), 0)).toThrow(/ESRCH/);
  });
});
