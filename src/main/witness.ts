import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditKeyUnusable, auditKeyFileIn, auditKeyIn, readAuditKey } from '../adapters/audit-key/audit-key.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { listenAsWitness } from '../adapters/witness-server/witness-server.ts';
import { initWitnessStore, openWitnessStore, WitnessStoreUnusable } from '../adapters/witness-store/witness-store.ts';
import { Malformed, NotTrusted } from '../application/transparency/failures.ts';
import {
  COSIGNATURE,
  formatVerifierKey,
  NOTE_SIGNATURE,
  parseVerifierKey,
  requireKeyName,
  type SigningKey,
  signingKey,
  type VerifierKey,
} from '../application/transparency/keys.ts';
import { requireType } from '../application/transparency/signatures.ts';
import { createWitness } from '../application/witnessing/witness.ts';
import type { WitnessStart } from '../cli/witness.ts';
import { CannotStart } from './cannot-start.ts';
import { urlOf } from './listening.ts';

const nameFileIn = (folder: string) => join(folder, 'name');

/** Makes a witness in a folder that has none. Its verifier key goes to standard output, alone. @throws {CannotStart} */
export async function initWitness({ folder, name }: { readonly folder: string; readonly name: string }): Promise<void> {
  // Before anything is written: a folder that is not empty is refused.
  await orCannotStart(async () => requireKeyName(name));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (readdirSync(folder).length > 0)
    throw new CannotStart(`${folder} is not empty; a witness is made once, in a folder of its own`);
  await orCannotStart(async () => {
    const key = signingKey(name, COSIGNATURE, await auditKeyIn(folder));
    await writeFile(nameFileIn(folder), `${name}\n`, { flag: 'wx' });
    // Last: without a database no witness starts, so one that was made halfway does not.
    initWitnessStore(folder, formatVerifierKey(key));
    process.stdout.write(`${formatVerifierKey(key)}\n`);
  });
}

/** Runs until SIGTERM or SIGINT. @throws {CannotStart} */
export async function startWitness({ folder, logs: given, host, port }: WitnessStart): Promise<void> {
  const logs = given.map(logKeyOf);
  const { key, store } = await orCannotStart(async () => {
    const own = await keyIn(folder);
    return { key: own, store: openWitnessStore(folder, formatVerifierKey(own)) };
  });
  try {
    const witness = createWitness({ key, logs, store, clock: systemClock });
    const server = await listenAsWitness({ witness, store, host, port }).catch((error: Error) => {
      throw new CannotStart(`It cannot listen at ${host}, port ${port} (${error.message})`, { cause: error });
    });
    process.stdout.write(`The witness ${key.name} listens at ${urlOf(host, server.port)}\n`);
    await new Promise<void>((resolve) => {
      process.once('SIGTERM', () => resolve()).once('SIGINT', () => resolve());
    });
    await server.close();
  } finally {
    store.close();
  }
}

async function keyIn(folder: string): Promise<SigningKey> {
  const name = readName(folder);
  return signingKey(name, COSIGNATURE, await readAuditKey(auditKeyFileIn(folder)));
}

function readName(folder: string): string {
  try {
    return readFileSync(nameFileIn(folder), 'utf8').trim();
  } catch (error) {
    throw new CannotStart(`${folder} holds no witness (${(error as Error).message}); make one by \`witness init\``, {
      cause: error,
    });
  }
}

function logKeyOf(vkey: string): VerifierKey {
  try {
    return requireType(parseVerifierKey(vkey), NOTE_SIGNATURE);
  } catch (error) {
    throw new CannotStart(`--log ${vkey}: ${(error as Error).message}`, { isWrongUse: true, cause: error });
  }
}

async function orCannotStart<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isKnown = [AuditKeyUnusable, WitnessStoreUnusable, Malformed, NotTrusted].some(
      (kind) => error instanceof kind,
    );
    throw isKnown ? new CannotStart((error as Error).message, { cause: error }) : error;
  }
}
