import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import type { AccessCount } from '../../../src/application/ports/access-counts.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { createAccessCountStore } from '../../../src/projections/access-counts.ts';
import { listAccessRecords } from '../../../src/projections/access-records/queries.ts';
import { accessRecords } from '../../../src/projections/access-records/read-model.ts';
import { readOnly } from '../../../src/projections/database.ts';
import { events } from '../../../src/projections/events/read-model.ts';
import { type ProfileName, restartableProfile } from '../../support/projections/restartable-profile.ts';
import { harms, rowsOf } from '../../support/projections/tables-of-read-models.ts';
import { describeOn } from '../../support/services/real-services.ts';

const polling = { timeout: 60_000, interval: 20 };

const count: AccessCount = {
  ...{ id: systemRandom.uuid(), act: 'PayloadsRead', code: null, route: 'GET /v1/events', principal: 'ada' },
  ...{ clientId: 'console', address: '192.0.2.7', requests: 3, payloads: 9 },
  ...{ firstAt: '2030-01-01T00:00:00.000Z', lastAt: '2030-01-01T00:10:00.000Z' },
  ...{ firstRequestId: 'first', lastRequestId: 'last' },
};

function suite(name: ProfileName): void {
  it('are made of acts, the same after a rebuild, a restart, and what happened in between', async () => {
    const profile = await restartableProfile(name);
    const { replayEvent } = createUseCases({ log: profile.log, clock: systemClock, random: systemRandom });
    /** Once the event has been processed. */
    const replay = async (eventId: string, reason: string) => {
      const asked = {
        ...{ eventId, clientId: 'console', requestedBy: 'ada', key: null, reason, permissionOf: () => 'safe' as const },
        mayKnowOf: () => true,
        context: {
          actor: { clientId: 'console', kind: 'principal', roles: ['admin'], subject: 'ada', tokenId: null },
          ...{ address: '2001:db8::17', requestId: systemRandom.uuid() },
        } as const,
      };
      await expect.poll(() => replayEvent(asked), polling).toMatchObject({ ok: true });
    };
    const seen = async ({ db }: Awaited<ReturnType<typeof profile.start>>) =>
      (await listAccessRecords(readOnly(db), {}, { limit: 200 }).catch(() => ({ items: [] }))).items;
    const reasons = (running: Awaited<ReturnType<typeof profile.start>>) =>
      expect.poll(
        async () => (await seen(running)).flatMap(({ transition }) => transition?.reason ?? []).sort(),
        polling,
      );

    const first = await profile.start();
    const { id } = await profile.post('one');
    await createAccessCountStore(first.db).save([count]);
    await replay(id, 'the first');
    await reasons(first).toEqual(['the first']);
    expect(await seen(first)).toMatchObject([
      { act: 'PayloadsRead', count: { requests: 3, payloads: 9 } },
      { act: 'ReplayRequested', principal: 'ada', address: '2001:db8::17', count: null },
    ]);

    // Dropped while it runs: filled from the log, and the events are left alone.
    const before = await seen(first);
    const ended = async () => first.db.selectFrom('events').select(['status', 'generation']).execute();
    await expect.poll(ended, polling).toEqual([{ status: 'PROCESSED', generation: 1 }]);
    const others = await rowsOf(first.db, events);
    await harms['its tables are dropped'](first.db, accessRecords);
    await reasons(first).toEqual(['the first']);
    expect(await seen(first)).toEqual(before);
    expect(await rowsOf(first.db, events)).toEqual(others);
    await first.stop();

    // What was done while nothing projected is there afterwards, and once.
    const second = await profile.start();
    await replay(id, 'the second');
    await reasons(second).toEqual(['the first', 'the second']);
    await sql`update checkpoints set checkpoint = regexp_replace(checkpoint, '/[0-9]+$', '/1')
      where subscriber = 'projection:access-records'`.execute(second.db);
    await replay(id, 'the third');
    await reasons(second).toEqual(['the first', 'the second', 'the third']);
    expect((await seen(second)).filter(({ act }) => act === 'PayloadsRead')).toHaveLength(1);
  }, 300_000);

  it('that cannot be written keep no event from being processed', async () => {
    const profile = await restartableProfile(name);
    const running = await profile.start();
    await expect.poll(() => rowsOf(running.db, accessRecords).catch(() => null), polling).toEqual([]);
    await sql`alter table access_records drop column reason`.execute(running.db);
    await profile.post('one');
    const ended = () => profile.log.all.filter(({ type }) => type === 'ProcessingSucceeded').length;
    await expect.poll(ended, polling).toBe(1);
    await expect
      .poll(
        async () => (await running.db.selectFrom('events').select('status').execute()).map(({ status }) => status),
        polling,
      )
      .toEqual(['PROCESSED']);
  }, 300_000);

  it('of counts are replaced by higher ones, left alone by others, and deleted once they are old', async () => {
    const profile = await restartableProfile(name);
    const { db } = await profile.start();
    const store = createAccessCountStore(db);
    const requests = async () =>
      (await listAccessRecords(readOnly(db), { act: 'PayloadsRead' }, { limit: 200 })).items.map(
        (item) => item.count?.requests,
      );
    for (const [saved, expected] of [
      [3, 3],
      [5, 5],
      [5, 5],
      [4, 5],
    ]) {
      await store.save([{ ...count, requests: saved as number }]);
      expect(await requests()).toEqual([expected]);
    }
    await store.save(
      [2, 3, 4].map((second) => ({ ...count, id: systemRandom.uuid(), firstAt: `2030-01-0${second}T00:00:00.000Z` })),
    );
    expect(await store.deleteBefore('2030-01-03T00:00:00.000Z', 1)).toBe(1);
    expect(await store.deleteBefore('2030-01-03T00:00:00.000Z', 100)).toBe(1);
    expect(await store.deleteBefore('2030-01-03T00:00:00.000Z', 100)).toBe(0);
    expect(await requests()).toHaveLength(2);
  }, 300_000);
}

describe('access records in the data folder', () => suite('embedded'));
describeOn('PostgreSQL', 'access records in PostgreSQL', () => suite('PostgreSQL'));
