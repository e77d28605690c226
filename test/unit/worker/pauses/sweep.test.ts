import { describe, expect, it } from 'vitest';
import { eventIdOf } from '../../../../src/application/event-identity.ts';
import { followTypePauses } from '../../../../src/application/event-types/follow-type-pauses.ts';
import { ReadDatabaseUnavailable } from '../../../../src/application/failures.ts';
import type { ProcessEvent } from '../../../../src/application/ports/command-bus.ts';
import { createUseCases } from '../../../../src/application/use-cases.ts';
import { createDueWorkSweep, type DueWorkSweepOptions } from '../../../../src/worker/sweep/due-work-sweep.ts';
import { createInMemoryLog } from '../../../support/in-memory-log.ts';
import { createDueWorkInMemory } from '../../../support/simulation/due-work.ts';
import { byClient, posted } from '../../../support/worker/posting.ts';
import { createSeededRandom } from '../../../support/worker/seeded-random.ts';
import { silentLogger } from '../../../support/worker/silent-logger.ts';
import { createVirtualClock } from '../../../support/worker/virtual-clock.ts';

const context = {
  actor: { kind: 'principal', subject: 'ada', clientId: 'console', roles: [], tokenId: null },
} as const;
const asked = { reason: 'the warehouse moves', requestedBy: 'ada' };

/** Rows that say what the log says, a bus that keeps what is published, and a sweep that hears of pauses. */
async function surroundings() {
  const clock = createVirtualClock();
  const random = createSeededRandom(1);
  const log = createInMemoryLog();
  const useCases = createUseCases({ log, clock, random });
  const kept = createDueWorkInMemory({ now: clock.now, random });
  const published: ProcessEvent[] = [];
  /** Up to where the rows contain the log; all of it unless it is held. */
  const rows = { heldAt: null as string | null };
  const checkpoint = async () => (rows.heldAt ?? (await log.head())?.checkpoint ?? null) as never;
  const operate = async (kind: 'PauseEventType' | 'ResumeEventType', name: string) => {
    await useCases.operateEventType({ name, command: { kind, ...asked }, context });
    await clock.run(0);
  };
  return {
    ...{ clock, log, kept, published, rows },
    published,
    pause: (name: string) => operate('PauseEventType', name),
    resume: (name: string) => operate('ResumeEventType', name),
    async receive(key: string, type: string, row: Parameters<typeof kept.put>[1] = {}): Promise<string> {
      await useCases.receiveEvent(posted(key, { type }), byClient);
      const id = eventIdOf('client', key);
      kept.put(id, row);
      return id;
    },
    kindOf: (id: string) => kept.rows().get(id)?.kind,
    async start(given: Partial<DueWorkSweepOptions> = {}) {
      const pauses = followTypePauses({ log, clock, logger: silentLogger });
      await pauses.start();
      await clock.run(0);
      const sweep = createDueWorkSweep({
        ...{ clock, random, log, useCases, pauses, logger: silentLogger, dueWork: kept.dueWork },
        ...{ matchHandler: () => null, worker: 'worker-1', earlierWorkersAreGone: false },
        projectionCaughtUp: Promise.resolve(),
        dueWorkCheckpoint: checkpoint,
        bus: {
          forgetsOnRestart: false,
          publish: async (commands) => void published.push(...commands),
          backlog: async () => ({ waiting: 0, consumers: 1 }),
        },
        ...given,
        limits: { sweepEveryMs: 1_000, ...given.limits },
      });
      await sweep.start();
      await clock.run(0);
      return async () => {
        await sweep.stop();
        await pauses.stop();
      };
    },
  };
}

const idsOf = (commands: readonly ProcessEvent[]) => commands.map(({ eventId }) => eventId).toSorted();

describe('the sweep', () => {
  it.each([1, 2, 3])('asks for nothing that a pause holds, and for all else, in pages of %i', async (pageRows) => {
    const { pause, receive, start, published, kindOf, clock } = await surroundings();
    await pause('order.*');
    const held = [];
    for (let index = 0; index < 10; index++)
      held.push(await receive(`o${index}`, 'order.placed', index % 2 ? {} : { kind: 'retry', attempts: 1 }));
    const other = await receive('other', 'user.created', { askAt: clock.now() + 1 });
    await start({ limits: { pageRows, commandsPerCall: pageRows, typesAtOnce: pageRows } });
    await clock.run(5_000);
    expect(idsOf(published)).toEqual([other]);
    expect(held.map(kindOf)).toEqual(held.map(() => 'paused'));
    await clock.run(900_000);
    expect(new Set(idsOf(published)), 'however long it lasts').toEqual(new Set([other]));
  });

  it.each([1, 2, 3])('asks at once for all that a pause held when it ends, in pages of %i', async (pageRows) => {
    const { pause, resume, receive, start, published, clock } = await surroundings();
    await pause('order.placed');
    const ids = [];
    for (let index = 0; index < 5; index++) ids.push(await receive(`o${index}`, 'order.placed'));
    await start({ limits: { pageRows } });
    await clock.run(2_000);
    // Not parked yet: its command was laid aside by a worker.
    ids.push(await receive('late', 'order.placed', { askAt: clock.now() + 30_000 }));
    await resume('order.placed');
    await clock.run(1_000);
    expect(idsOf(published)).toEqual(ids.toSorted());
  });

  it('leaves what another pause holds where it is', async () => {
    const { pause, resume, receive, start, published, kindOf, clock } = await surroundings();
    await pause('order.placed');
    await pause('order.*');
    const id = await receive('k', 'order.placed');
    await start();
    await clock.run(2_000);
    await resume('order.placed');
    await clock.run(2_000);
    expect([published, kindOf(id)]).toEqual([[], 'paused']);
    await resume('order.*');
    await clock.run(1_000);
    expect(idsOf(published)).toEqual([id]);
  });

  it('waits for the rows of what came before the end of the pause', async () => {
    const { pause, resume, receive, start, published, rows, log, clock } = await surroundings();
    await pause('order.placed');
    const early = await receive('early', 'order.placed');
    await start();
    await clock.run(1_000);
    rows.heldAt = (await log.head())?.checkpoint ?? null;
    const late = await receive('late', 'order.placed', { askAt: clock.now() + 30_000 });
    await resume('order.placed');
    await clock.run(5_000);
    expect(published).toEqual([]);
    rows.heldAt = null;
    await clock.run(1_000);
    expect(idsOf(published)).toEqual([early, late].toSorted());
  });

  it('waits for none where nothing has happened to events since, nor for what came after the end', async () => {
    const { pause, resume, receive, start, published, rows, log, clock } = await surroundings();
    await pause('order.placed');
    const id = await receive('k', 'order.placed');
    await start();
    await clock.run(1_000);
    rows.heldAt = (await log.head())?.checkpoint ?? null;
    await resume('order.placed');
    await receive('later', 'order.placed', { askAt: clock.now() + 60_000 });
    await clock.run(1_000);
    expect(idsOf(published)).toContain(id);
  });

  it('that ended before it let all of them go on is followed by one that does', async () => {
    const { pause, resume, receive, start, published, kept, clock } = await surroundings();
    await pause('order.placed');
    const ids = [await receive('one', 'order.placed'), await receive('other', 'order.placed')];
    const hasten = async () => {
      throw new ReadDatabaseUnavailable('it is away');
    };
    const stop = await start({ dueWork: { ...kept.dueWork, hasten } });
    await clock.run(2_000);
    await resume('order.placed');
    await clock.run(2_000);
    expect(published).toEqual([]);
    await clock.finish(stop());
    await start();
    await clock.run(1_000);
    expect(idsOf(published)).toEqual(ids.toSorted());
  });

  it('finds in minutes what was parked by one that knew no better', async () => {
    const { receive, start, published, clock } = await surroundings();
    const id = await receive('k', 'order.placed', { kind: 'paused', askAt: clock.now() + 300_000 });
    await start();
    await clock.run(301_000);
    expect(idsOf(published)).toEqual([id]);
  });
});
