import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { handOver } from '../services/own-process.ts';

/** What a server shows and proves itself with: two files. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Who signs certificates, and is trusted or not. */
export interface Authority {
  /** Its own certificate, for those who trust it: a file. */
  readonly caFile: string;
  /** For a server on this machine. */
  certify(): Promise<ServerCertificate>;
}

/** Why certificates cannot be made here; `null` when they can. */
export function missingForCertificates(): string | null {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'openssl is not installed (apt-get install openssl)';
  }
}

/** All that is asked of openssl, so that what a system has set up for it does not matter. */
const SETTINGS = `[req]
distinguished_name = subject
[subject]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[server]
subjectAltName = DNS:localhost, IP:127.0.0.1
`;
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const A_DAY = ['-days', '1'];

/** An authority of a name that no other one may have, with its files in a new folder `folder/name`. */
export async function createAuthority(folder: string, name: string): Promise<Authority> {
  const own = join(folder, name);
  mkdirSync(own);
  writeFileSync(join(own, 'openssl.cnf'), SETTINGS);
  const openssl = (...args: readonly string[]) => promisify(execFile)('openssl', args, { cwd: own });
  const request = ['req', '-config', 'openssl.cnf', ...NEW_KEY];
  await openssl(
    ...[...request, '-x509', '-extensions', 'authority', ...A_DAY],
    ...['-subj', `/CN=${name}`, '-keyout', 'authority.key', '-out', 'authority.pem'],
  );
  return {
    caFile: join(own, 'authority.pem'),
    certify: async () => {
      await openssl(...request, '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr');
      await openssl(
        ...['x509', '-req', '-in', 'server.csr', '-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial'],
        ...['-extfile', 'openssl.cnf', '-extensions', 'server', ...A_DAY, '-out', 'server.pem'],
      );
      const key = join(own, 'server.key');
      // Nobody but the server may read it, or PostgreSQL does not start.
      handOver(key);
      return { certificate: join(own, 'server.pem'), key };
    },
  };
}
