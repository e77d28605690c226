import { describe, expect, it } from 'vitest';
import { events } from '../../../src/projections/events/read-model.ts';
import { identityOf, operatorOf, schemasBeside } from '../../support/projections/rebuilding.ts';
import { type ProfileName, restartableProfile } from '../../support/projections/restartable-profile.ts';
import { checkpointOf, rowsOf } from '../../support/projections/tables-of-read-models.ts';
import { describeOn } from '../../support/services/real-services.ts';

type Profile = Awaited<ReturnType<typeof restartableProfile>>;

async function postAll({ post }: Profile, name: string, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => post(`${name} ${index}`)));
}

async function untilEnded({ log }: Profile, count: number): Promise<void> {
  const ended = () => log.all.filter(({ type }) => type === 'ProcessingSucceeded').length;
  await expect.poll(ended, { timeout: 30_000, interval: 20 }).toBe(count);
}

function suite(name: ProfileName): void {
  describe('a rebuild', () => {
    it('is filled beside the rows that are read, compared, promoted, rolled back, and dropped', async () => {
      const profile = await restartableProfile(name);
      const { db } = await profile.start();
      const operator = operatorOf('events', profile.log, profile.useCases);
      await postAll(profile, 'before', 30);
      await untilEnded(profile, 30);
      const before = await identityOf(db, 'events');

      await operator.request('one');
      await postAll(profile, 'meanwhile', 10);
      const compared = await operator.until('compared');
      expect(compared?.report).toMatchObject({ differences: [], rowsThatDiffer: 0 });
      expect(compared?.report?.rows).toBeGreaterThanOrEqual(30);
      expect(await identityOf(db, 'events')).toBe(before);

      await operator.promote('one');
      await operator.until('promoted');
      const after = await identityOf(db, 'events');
      expect(after).not.toBe(before);
      await postAll(profile, 'after', 10);
      await untilEnded(profile, 50);
      const end = async () => (await profile.log.head())?.checkpoint;
      await expect.poll(() => checkpointOf(db, events), { timeout: 30_000 }).toBe(await end());
      const rows = await rowsOf(db, events);
      expect(rows).toHaveLength(50);
      await expect.poll(() => rowsOf(db, events, 'rebuild_events'), { timeout: 30_000 }).toEqual(rows);

      await operator.ask('RollBackRebuild', 'one');
      await operator.until('dropped');
      expect(await identityOf(db, 'events')).toBe(before);
      expect(await rowsOf(db, events)).toEqual(rows);
      expect(await schemasBeside(db)).toEqual([]);
    });
  });
}

describe('embedded', () => suite('embedded'));
describeOn('PostgreSQL', 'PostgreSQL', () => suite('PostgreSQL'));
