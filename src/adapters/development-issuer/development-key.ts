import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { createSecretOnce } from '../files/create-secret-once.ts';

export const ALGORITHM = 'Ed25519';
const FILE_NAME = 'development-issuer.jwk.json';

export interface DevelopmentKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/**
 * The key in the data folder that development tokens are signed with; made at the first call. Several processes may
 * call at once, and all get the same key.
 * @throws when the file is there and holds no such key; the message names it.
 */
export async function developmentKey(dataFolder: string): Promise<DevelopmentKey> {
  const file = join(dataFolder, FILE_NAME);
  const text = (await readIfThere(file)) ?? (await createKey(dataFolder, file));
  try {
    const jwk: JWK = JSON.parse(text);
    const { d: _secret, ...publicJwk } = jwk;
    const privateKey = (await importJWK(jwk, ALGORITHM)) as CryptoKey;
    const publicKey = (await importJWK(publicJwk, ALGORITHM)) as CryptoKey;
    if (privateKey.type !== 'private' || publicKey.type !== 'public') throw new TypeError('not a private key');
    return { id: await calculateJwkThumbprint(jwk), privateKey, publicKey };
  } catch {
    throw new Error(
      `${file} does not hold a key for development tokens; delete it and a new one is made, which ends all such tokens`,
    );
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function createKey(dataFolder: string, file: string): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  await createSecretOnce(file, JSON.stringify(await exportJWK(privateKey)));
  return readFile(file, 'utf8');
}
