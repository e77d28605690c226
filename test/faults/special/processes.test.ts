import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWhole } from '../../support/faults/scale.ts';
import { carefulClients } from '../../support/full-profile/careful-clients.ts';
import { type FullProfile, missingForFullProfile, startFullProfile } from '../../support/full-profile/full-profile.ts';

const missing = missingForFullProfile();
if (missing !== null) process.stdout.write(`skipped: tests of the full profile's processes, because ${missing}\n`);

describe.skipIf(missing !== null)('two processes of each role', { timeout: 150_000 }, () => {
  let profile: FullProfile;
  let clients: ReturnType<typeof carefulClients>;
  beforeAll(async () => {
    profile = await startFullProfile({ api: 2, projector: 2, dispatcher: 2, worker: 2 });
    clients = carefulClients({ urls: () => profile.apiUrls(), token: profile.token });
  });
  afterAll(() => profile.stop());

  it('bring every event to its end together', async () => {
    await clients.post(100);
    expect(new Set((await clients.rows()).map(({ id }) => id))).toEqual(clients.witnessed());
  });

  it.skipIf(!isWhole())('lose nothing when any one of them is killed with SIGKILL', async () => {
    for (const one of profile.processes()) {
      const during = clients.post(40);
      await profile.replace(one, async () => void (await clients.post(20)));
      await during;
    }
    expect(new Set((await clients.rows()).map(({ id }) => id))).toEqual(clients.witnessed());
  });

  it('go on when the projector at work is frozen for longer than its lease, and when it wakes again', async () => {
    const active = await profile.owner('projection:events');
    if (active === null) throw new Error('No projector is at work');
    process.kill(active, 'SIGSTOP');
    await clients.post(40);
    await clients.rows();
    expect(await profile.owner('projection:events')).not.toBe(active);
    const during = clients.post(40);
    process.kill(active, 'SIGCONT');
    await during;
    expect(new Set((await clients.rows()).map(({ id }) => id))).toEqual(clients.witnessed());
  });

  it.skipIf(!isWhole())(
    'take events and process them while PostgreSQL is away, and retry when it is back',
    async () => {
      await profile.postgres.kill();
      await clients.processed(await clients.post(150));
      await profile.postgres.start();
      expect(new Set((await clients.rows()).map(({ id }) => id))).toEqual(clients.witnessed());
    },
  );

  it.skipIf(!isWhole())('take events while RabbitMQ is away, and process them when it is back', async () => {
    const before = clients.post(50);
    await profile.rabbitMq.stop();
    await before;
    await clients.post(150);
    await profile.rabbitMq.start();
    expect(new Set((await clients.rows()).map(({ id }) => id))).toEqual(clients.witnessed());
  });

  it.skipIf(!isWhole())('take events again as soon as the log is back', async () => {
    const during = clients.post(150);
    await profile.restartLog();
    await during;
    expect(new Set((await clients.rows()).map(({ id }) => id))).toEqual(clients.witnessed());
  });

  it('leave histories that are unbroken, begin once, and end once', async () => {
    const checkOne = async (id: string) => {
      const { items, verified } = await clients.history(id);
      const types = items.map(({ type }) => type);
      expect.soft(verified, id).toBe(true);
      expect.soft(types.filter((type) => type === 'EventReceived')).toHaveLength(1);
      expect.soft(types.filter((type) => type === 'ProcessingSucceeded')).toHaveLength(1);
    };
    const waiting = clients.witnessed().values();
    const checkInTurn = async () => {
      for (const id of waiting) await checkOne(id);
    };
    await Promise.all(Array.from({ length: 8 }, checkInTurn));
  });
});
