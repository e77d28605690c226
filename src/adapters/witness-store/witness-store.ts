import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { CosignedCheckpoint, WitnessStore } from '../../application/ports/witness-store.ts';

const fileIn = (folder: string) => join(folder, 'witness.sqlite');

/** The database of a witness cannot be used. The message says why, and what to do. */
export class WitnessStoreUnusable extends Error {
  override readonly name = 'WitnessStoreUnusable';
}

/** Makes the database of a witness, once. @param verifierKey of the key that it belongs to. @throws {WitnessStoreUnusable} */
export function initWitnessStore(folder: string, verifierKey: string): void {
  if (existsSync(fileIn(folder)))
    throw new WitnessStoreUnusable(
      `${fileIn(folder)} is there already; a witness is made once, in a folder of its own`,
    );
  const database = open(folder);
  try {
    database.exec(`
      begin exclusive;
      create table witness (verifier_key text not null) strict;
      create table cosigned (
        origin text primary key, origin_hash text unique not null, size integer not null, root_hash text not null, note text not null
      ) strict;`);
    database.prepare('insert into witness values (?)').run(verifierKey);
    database.exec('commit');
  } finally {
    database.close();
  }
}

/**
 * The database that {@link initWitnessStore} made. A witness that forgot what it cosigned would cosign anything, so without
 * that database there is none.
 * @throws {WitnessStoreUnusable}
 */
export function openWitnessStore(folder: string, verifierKey: string): WitnessStore {
  const file = fileIn(folder);
  if (!existsSync(file))
    throw new WitnessStoreUnusable(
      `${file} is missing: this witness has forgotten what it cosigned, and has to be retired. Make a new one, with another key, by \`witness init\` in an empty folder`,
    );
  const database = open(folder);
  try {
    return storeOn(database, file, verifierKey);
  } catch (error) {
    database.close();
    throw error instanceof WitnessStoreUnusable ? error : unusable(file, error);
  }
}

function open(folder: string): DatabaseSync {
  try {
    const database = new DatabaseSync(fileIn(folder));
    // One process at a time, and durable before anything is answered.
    database.exec('pragma locking_mode = exclusive; pragma synchronous = extra; pragma trusted_schema = off;');
    return database;
  } catch (error) {
    throw unusable(fileIn(folder), error);
  }
}

const unusable = (file: string, error: unknown) =>
  new WitnessStoreUnusable(
    `${file} cannot be used as the database of a witness (${(error as Error).message}); if another witness runs on it, stop that one; if it is damaged, this witness has to be retired`,
    { cause: error },
  );

function storeOn(database: DatabaseSync, file: string, verifierKey: string): WitnessStore {
  // Takes the lock, which is kept.
  database.exec('begin exclusive; commit');
  const made = database.prepare('select verifier_key as key from witness').all();
  if (made.length !== 1 || made[0]?.['key'] !== verifierKey)
    throw new WitnessStoreUnusable(
      `${file} is not the database that was made with the key beside it; put that one back`,
    );
  const columns = 'select size, root_hash as rootHash, note from cosigned';
  const byOrigin = database.prepare(`${columns} where origin = ?`);
  const byHash = database.prepare(`${columns} where origin_hash = ?`);
  const insert = database.prepare('insert into cosigned values (?, ?, ?, ?, ?) on conflict do nothing');
  const update = database.prepare(
    'update cosigned set size = ?, root_hash = ?, note = ? where origin = ? and size = ?',
  );
  const found = (row: unknown) => (row === undefined ? null : { ...(row as CosignedCheckpoint) });
  return {
    latest: (origin) => found(byOrigin.get(origin)),
    latestByHash: (originHash) => found(byHash.get(originHash)),
    replace(origin, fromSize, { size, rootHash, note }) {
      const isFirst = byOrigin.get(origin) === undefined;
      if (isFirst && fromSize !== 0) return false;
      const { changes } = isFirst
        ? insert.run(origin, hash('sha256', origin, 'hex'), size, rootHash, note)
        : update.run(size, rootHash, note, origin, fromSize);
      return Number(changes) === 1;
    },
    close() {
      if (database.isOpen) database.close();
    },
  };
}
