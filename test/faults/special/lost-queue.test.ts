import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'amqplib';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { carefulClients } from '../../support/full-profile/careful-clients.ts';
import { type FullProfile, missingForFullProfile, startFullProfile } from '../../support/full-profile/full-profile.ts';
import { type RoleProcess, startRole } from '../../support/processes/role-process.ts';

const missing = missingForFullProfile();
if (missing !== null) process.stdout.write(`skipped: a queue that is lost, because ${missing}\n`);

/** More than any page or cap of the sweep. */
const EVENTS = 6_000;
/** Until every command counts as lost. */
const OVERDUE_MS = 35_000;
/** It takes a minute, whatever part of the faults is wanted. */
const isWanted = inject('faults').scale === 1;

describe.skipIf(missing !== null || !isWanted)(
  'thousands of events whose commands are lost while no worker is there',
  { timeout: 300_000 },
  () => {
    let profile: FullProfile;
    let worker: RoleProcess | null = null;
    beforeAll(async () => {
      profile = await startFullProfile({ api: 1, projector: 1, dispatcher: 1 });
    }, 120_000);
    afterAll(async () => {
      await worker?.kill();
      await profile.stop();
    });

    const query = async (text: string): Promise<readonly Record<string, unknown>[]> => {
      const client = new pg.Client({ connectionString: profile.env.DATABASE_URL });
      await client.connect();
      try {
        return (await client.query(text)).rows;
      } finally {
        await client.end();
      }
    };
    it('are not asked for meanwhile, and all end once there is one', async () => {
      const clients = carefulClients({ urls: () => profile.apiUrls(), token: profile.token });
      await clients.post(EVENTS);
      await pause(OVERDUE_MS);
      const broker = await connect(profile.env.AMQP_URL);
      const channel = await broker.createChannel();
      const { messageCount } = await channel.checkQueue('eventops.process');
      expect(messageCount).toBeLessThanOrEqual(EVENTS);
      const dispatcher = profile.processes().find(({ role }) => role === 'dispatcher');
      const answer = await fetch(`${dispatcher?.monitoringUrl}/readyz`);
      expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('no worker takes any')]);

      await channel.purgeQueue('eventops.process');
      await broker.close();
      worker = await startRole({ role: 'worker', env: profile.env });
      await expect
        .poll(() => query('select status, count(*)::integer as events from events group by status'), {
          timeout: 120_000,
        })
        .toEqual([{ status: 'PROCESSED', events: EVENTS }]);
      await expect.poll(() => query('select count(*)::integer as due from due_work')).toEqual([{ due: 0 }]);
    });
  },
);
