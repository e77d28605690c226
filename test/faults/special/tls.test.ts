import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carefulClients } from '../../support/full-profile/careful-clients.ts';
import { type FullProfile, missingForFullProfile, startFullProfile } from '../../support/full-profile/full-profile.ts';
import { type Authority, createAuthority, missingForCertificates } from '../../support/tls/certificates.ts';
import { startRoleBehindProxy } from '../../support/tls/role-behind-proxy.ts';

const missing = missingForFullProfile() ?? missingForCertificates();
if (missing !== null) process.stdout.write(`skipped: tests of the full profile over TLS, because ${missing}\n`);

/** Each with a role that has one connection to it, or one pool. */
const servers = [
  {
    server: 'EventStoreDB',
    at: 'esdb://127.0.0.1:PORT',
    says: 'tlsCAFile=… in EVENTSTORE_URL',
    connects: 'connected to EventStoreDB',
    setting: 'EVENTSTORE_URL',
    role: 'api',
  },
  {
    server: 'PostgreSQL',
    at: '127.0.0.1:PORT/DATABASE',
    says: 'sslrootcert=… in DATABASE_URL',
    connects: 'the read tables are ready',
    setting: 'DATABASE_URL',
    role: 'api',
  },
  {
    server: 'RabbitMQ',
    at: 'amqps://127.0.0.1:PORT/eventops',
    says: 'NODE_EXTRA_CA_CERTS',
    connects: 'connected to RabbitMQ',
    setting: 'AMQP_URL',
    role: 'dispatcher',
  },
] as const;

describe.skipIf(missing !== null)('over TLS', { timeout: 60_000 }, () => {
  let folder: string;
  let ours: Authority;
  let foreign: Authority;
  let profile: FullProfile;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eventops-tls-'));
    // The servers run as another user when we are root.
    await chmod(folder, 0o755);
    [ours, foreign] = [await createAuthority(folder, 'ours'), await createAuthority(folder, 'foreign')];
    const tls = { ...(await ours.certify()), caFile: ours.caFile };
    profile = await startFullProfile({ api: 1, projector: 1, dispatcher: 1, worker: 1 }, { tls });
  });
  afterAll(async () => {
    await profile?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('an event that is posted comes to PROCESSED, and its row says so', async () => {
    const clients = carefulClients({ urls: () => profile.apiUrls(), token: profile.token });
    await clients.processed(await clients.post(10));
    expect(new Set((await clients.rows()).map(({ id }) => id))).toEqual(clients.witnessed());
  });

  it.each(servers)('$server is believed by who names its authority', async ({ connects, ...one }) => {
    const { says } = await startRoleBehindProxy({ profile, ...one, authority: ours });
    await says(connects);
  });

  it.each(servers)(
    '$server with a certificate of a foreign authority is refused for as long as it shows it, and told in one line without the password',
    async ({ server, at, says, connects, ...one }) => {
      const { proxy, database, password, lines } = await startRoleBehindProxy({ profile, ...one, authority: foreign });
      await proxy.made(5);
      const place = at.replace('PORT', `${proxy.port}`).replace('DATABASE', database);
      expect(lines.filter((line) => line.includes(`${server} at `))).toEqual([
        expect.stringContaining(
          `"${server} at ${place} shows a certificate of an authority that we do not know; name it with ${says}"`,
        ),
      ]);
      expect(lines.join('\n')).not.toContain(connects);
      expect(lines.join('\n')).not.toContain(password);
    },
  );
});
