import { hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What the last 512 bytes of a backup say of all bytes before them, which are the log as a SQLite file. */
export interface Seal {
  readonly logId: string;
  /** The last position in it. Positions are dense from 1, so this is also how many transitions it holds. */
  readonly position: number;
  /** Of the transition there; empty in an empty log. */
  readonly id: string;
  readonly histories: number;
  readonly createdAt: string;
  readonly bytes: number;
  readonly sha256: string;
}

export const SEAL_BYTES = 512;
const MAGIC = 'EventOps-backup-1';

/** One line, so that it can be read by people, too: `tail -c 512 FILE`. */
export function encodeSeal(seal: Seal): Buffer {
  const text = JSON.stringify(seal);
  return Buffer.from(`\n${MAGIC} ${sumOf(text)} ${text}\n`.padEnd(SEAL_BYTES));
}

/** `null` for a file that does not end with a seal, or with one that was changed. @throws errors of the file system. */
export function readSeal(path: string): Seal | null {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(SEAL_BYTES);
    if (size < SEAL_BYTES || readSync(file, bytes, 0, SEAL_BYTES, size - SEAL_BYTES) < SEAL_BYTES) return null;
    const seal = decode(bytes.toString('utf8').trim());
    return seal?.bytes === size - SEAL_BYTES ? seal : null;
  } finally {
    closeSync(file);
  }
}

function decode(line: string): Seal | null {
  const [magic, sum] = line.split(' ', 2);
  const text = line.slice(`${magic} ${sum} `.length);
  return magic === MAGIC && sum === sumOf(text) ? (JSON.parse(text) as Seal) : null;
}

const sumOf = (text: string) => hash('sha256', text, 'hex').slice(0, 32);
