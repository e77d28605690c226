import type { Kysely } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConcurrencyConflict } from '../../../src/application/failures.ts';
import type { Checkpoint } from '../../../src/application/ports/event-log.ts';
import type { Lease } from '../../../src/application/ports/leases.ts';
import { createCheckpointStore } from '../../../src/projections/checkpoints.ts';
import type { Database } from '../../../src/projections/database.ts';
import { createLeases } from '../../../src/projections/leases.ts';
import { received, started, succeeded } from '../../support/domain/transitions.ts';
import { checkpointAfter, historyOf, logOf, projectorOn } from '../../support/read-database/following.ts';
import { emptyTables } from '../../support/read-database/rows.ts';

export interface LeasesUnderTest {
  readonly db: Kysely<Database>;
  close(): Promise<void>;
}

/** Leases that last for as long as any test, and leases that are over at once: so nobody has to wait. */
const LONG_MS = 600_000;
const OVER_MS = 0;

/** What owners rely on, whichever PostgreSQL keeps the leases. */
export function leasesSuite(open: () => Promise<LeasesUnderTest>): void {
  let opened: LeasesUnderTest | null = null;
  const db = () => {
    if (opened === null) throw new Error('The leases are not open outside a test');
    return opened.db;
  };
  const leases = (durationMs = LONG_MS) => createLeases(db(), durationMs);
  const taken = async (owner: string, durationMs = LONG_MS): Promise<Lease> => {
    const lease = await leases(durationMs).acquire('projector', owner);
    if (lease === null) throw new Error(`${owner} did not get the lease`);
    return lease;
  };
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened?.close());
  beforeEach(async () => {
    await emptyTables(db());
    await db().deleteFrom('leases').execute();
  });

  describe('a lease', () => {
    it('is had by one of many who ask at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => leases().acquire('projector', `process-${index}`)),
      );
      expect(answers.filter((lease) => lease !== null)).toEqual([expect.objectContaining({ epoch: 1n })]);
    });

    it('is not had by another while it lasts', async () => {
      await taken('first');
      expect(await leases().acquire('projector', 'second')).toBeNull();
    });

    it('leaves the leases of other names alone', async () => {
      await taken('first');
      expect(await leases().acquire('dispatcher', 'second')).toMatchObject({ owner: 'second', epoch: 1n });
    });

    it('is had by another, with a later epoch, once it is over', async () => {
      await taken('first', OVER_MS);
      expect(await taken('second')).toEqual({ name: 'projector', owner: 'second', epoch: 2n });
    });

    it('that is over stays with its owner until another takes it', async () => {
      const lease = await taken('first', OVER_MS);
      expect(await leases().renew(lease)).toBe(true);
      expect(await leases().acquire('projector', 'second')).toBeNull();
    });

    it('is not prolonged by an owner who was superseded', async () => {
      const lease = await taken('first', OVER_MS);
      await taken('second');
      expect(await leases().renew(lease)).toBe(false);
    });

    it('can be had at once when its owner releases it', async () => {
      await leases().release(await taken('first'));
      expect(await taken('second')).toMatchObject({ epoch: 2n });
    });

    it('is not released by an owner who was superseded', async () => {
      const lease = await taken('first', OVER_MS);
      await taken('second');
      await leases().release(lease);
      expect(await leases().acquire('projector', 'third')).toBeNull();
    });
  });

  describe('an owner who was superseded', () => {
    const place = 'a place' as Checkpoint;
    const log = logOf(historyOf('event-1', [received(), started(), succeeded()]));
    const rows = () => db().selectFrom('events').selectAll().execute();
    const places = () => db().selectFrom('checkpoints').selectAll().execute();

    it('writes neither rows nor checkpoint', async () => {
      const paused = projectorOn(db(), { lease: await taken('first', OVER_MS) });
      await paused.load();
      await taken('second');
      await expect(paused.handle(log, checkpointAfter(3))).rejects.toThrow(ConcurrencyConflict);
      expect([await rows(), await places()]).toEqual([[], []]);
    });

    it('leaves what its successor wrote as it is', async () => {
      const paused = projectorOn(db(), { lease: await taken('first', OVER_MS) });
      const successor = projectorOn(db(), { lease: await taken('second') });
      await paused.load();
      await successor.load();
      await successor.handle(log.slice(0, 2), checkpointAfter(2));
      const before = [await rows(), await places()];
      expect(before[1]).toEqual([expect.objectContaining({ checkpoint: checkpointAfter(2), epoch: '2' })]);
      await paused.load();
      await expect(paused.handle(log, checkpointAfter(3))).rejects.toThrow(ConcurrencyConflict);
      expect([await rows(), await places()]).toEqual(before);
    });

    it('stores no place of a subscriber whose effects are elsewhere', async () => {
      const store = createCheckpointStore(db(), await taken('first', OVER_MS));
      await store.save('dispatcher', place);
      await taken('second');
      await expect(store.save('dispatcher', 'another place' as Checkpoint)).rejects.toThrow(ConcurrencyConflict);
      expect(await store.load('dispatcher')).toBe(place);
    });
  });
}
