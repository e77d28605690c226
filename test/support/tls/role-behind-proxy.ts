import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { startProxy } from '../event-log/eventstoredb/proxy.ts';
import { freePort } from '../free-port.ts';
import type { FullProfile } from '../full-profile/full-profile.ts';
import type { Role } from '../processes/role-process.ts';
import { spawnEventOps } from '../processes/spawn-eventops.ts';
import type { Authority } from './certificates.ts';
import { type ServerUrls, trusting } from './trusting.ts';

interface Options {
  readonly profile: FullProfile;
  readonly role: Role;
  /** Of the server that is reached through a proxy, and whose certificate is believed if `authority` signed it. */
  readonly setting: keyof ServerUrls;
  readonly authority: Authority;
}

/** A process over TLS, until the test ends. It trusts the authority that signs for all other servers. */
export async function startRoleBehindProxy({ profile, role, setting, authority }: Options) {
  // One without checkpoints, because a process asks the log about those.
  const database = randomUUID();
  await profile.postgres.createDatabase(database);
  const { env } = profile;
  const urls = { ...env, DATABASE_URL: Object.assign(new URL(env.DATABASE_URL), { pathname: `/${database}` }).href };
  const proxy = await startProxy({ address: '127.0.0.1', port: Number(new URL(urls[setting]).port) });
  onTestFinished(() => proxy.close());
  const url = Object.assign(new URL(urls[setting]), { port: `${proxy.port}` });
  // The log's server lets everybody in, so any user will do.
  if (url.password === '') Object.assign(url, { username: 'admin', password: randomUUID() });
  const believed = trusting(authority, { ...urls, [setting]: url.href });
  const lines: string[] = [];
  const changed = { next: Promise.withResolvers<void>() };
  const process = spawnEventOps({
    args: ['--roles', role],
    ...{ port: await freePort(), metricsPort: await freePort() },
    env: {
      ...urls,
      LOG_LEVEL: 'info',
      [setting]: believed[setting],
      // It adds to what the two others trust, who have settings of their own.
      NODE_EXTRA_CA_CERTS: setting === 'AMQP_URL' ? believed.NODE_EXTRA_CA_CERTS : '',
    },
    onLine: (line) => {
      lines.push(line);
      changed.next.resolve();
      changed.next = Promise.withResolvers();
    },
  });
  onTestFinished(() => process.kill());
  return {
    proxy,
    database,
    password: decodeURIComponent(url.password),
    lines,
    /** Resolves once it is said. */
    says: async (text: string) => {
      while (!lines.some((line) => line.includes(text))) await changed.next.promise;
    },
  };
}
