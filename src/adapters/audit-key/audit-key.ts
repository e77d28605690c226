import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adviceOn } from '../../application/advice-on-files.ts';
import { createSecretOnce } from '../files/create-secret-once.ts';

/** Where the key is without a setting. */
export const auditKeyFileIn = (dataFolder: string): string => join(dataFolder, 'audit-key.pem');

/** A key that cannot be used. The message names its file and never what is in it. */
export class AuditKeyUnusable extends Error {
  override readonly name = 'AuditKeyUnusable';
}

/** The key in a file of an operator: PKCS#8 in PEM, as `openssl genpkey -algorithm ed25519` writes it. @throws {AuditKeyUnusable} */
export async function readAuditKey(file: string): Promise<KeyObject> {
  const key = parseKey(await readFile(file, 'utf8').catch((error: unknown) => refuse(file, error)));
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new AuditKeyUnusable(
    `${file} does not hold a private key of Ed25519 in PEM, as openssl genpkey -algorithm ed25519 writes one`,
  );
}

/** The key in the data folder; made at the first call, and whole or not there at all. @throws {AuditKeyUnusable} */
export async function auditKeyIn(dataFolder: string): Promise<KeyObject> {
  const file = auditKeyFileIn(dataFolder);
  try {
    return await readAuditKey(file);
  } catch (error) {
    if ((error as Error & { cause?: { code?: string } }).cause?.code !== 'ENOENT') throw error;
  }
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
  await createSecretOnce(file, pem.toString()).catch((error: unknown) => refuse(file, error));
  return readAuditKey(file);
}

function parseKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}

function refuse(file: string, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code ?? null;
  throw new AuditKeyUnusable(`${file} cannot be used for the key of the audit (${code}): ${adviceOn(code)}`, {
    cause: error,
  });
}
