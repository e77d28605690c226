import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { createLeases, requireLease } from '../../../src/projections/leases.ts';
import { openReadTablesAt } from '../../support/read-database/postgres.ts';
import { describeOn, isolated } from '../../support/services/real-services.ts';
import { leasesSuite } from './suite.ts';

describeOn('PostgreSQL', 'leases in PostgreSQL', () => {
  leasesSuite(async () => openReadTablesAt(await isolated('PostgreSQL')));

  it('are not taken over in the middle of a commit: who comes next waits for its end', async () => {
    const { db, close } = await openReadTablesAt(await isolated('PostgreSQL'));
    onTestFinished(close);
    const lease = await createLeases(db, 0).acquire('projector', 'first');
    if (lease === null) throw new Error('The first one did not get the lease');
    const order: string[] = [];
    const next = await db.transaction().execute(async (transaction) => {
      await requireLease(transaction, lease);
      const takeover = createLeases(db)
        .acquire('projector', 'second')
        .then((taken) => order.push(`taken over by epoch ${taken?.epoch}`));
      const waiting = sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
      while ((await waiting.execute(db)).rows.length === 0);
      order.push('about to commit');
      return { takeover };
    });
    await next.takeover;
    expect(order).toEqual(['about to commit', 'taken over by epoch 2']);
  });
});
