import { hash } from 'node:crypto';
import { closeSync, fdatasyncSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Place } from './read-transitions.ts';
import { syncFolder } from './sync.ts';

/** How far the log is known to be durable, kept apart from it: a log that ends before has lost its end. */
export interface EndMark extends Place {
  readonly logId: string;
  /** Of the machine when it was written; `null` where the system has no such thing. */
  readonly bootId: string | null;
}

/** Two slots, written in turn: one is always whole, whenever the power fails. A disk writes a sector whole or not. */
const SLOT_BYTES = 512;
const SLOTS = 2;

export const endMarkPath = (path: string) => `${path}.end`;

/**
 * The newest mark beside the log at `path`; `null` when there is none.
 * @throws {EndMarkDamaged} when the file is there, and neither slot can be believed. @throws errors of the file system.
 */
export function readEndMark(path: string): EndMark | null {
  const bytes = read(endMarkPath(path));
  if (bytes === null) return null;
  const slots = Array.from({ length: SLOTS }, (_, slot) =>
    decode(bytes.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES)),
  );
  const newest = slots.filter((each) => each !== null).sort((one, other) => other.turn - one.turn)[0];
  if (newest === undefined) throw new EndMarkDamaged();
  return newest.mark;
}

export class EndMarkDamaged extends Error {
  override readonly name = 'EndMarkDamaged';
}

export interface EndMarkWriter {
  /** Returns when the mark is on the disk. Everything up to its position must be durable before. */
  write(mark: EndMark): void;
  close(): void;
}

/** Replaces whatever mark is there. @throws errors of the file system. */
export function createEndMark(path: string, first: EndMark): EndMarkWriter {
  const file = endMarkPath(path);
  const unfinished = `${file}.new`;
  rmSync(unfinished, { force: true });
  const descriptor = openSync(unfinished, 'wx+', 0o600);
  let turn = 1;
  try {
    writeSync(descriptor, Buffer.concat([encode(first, turn), Buffer.alloc(SLOT_BYTES, ' ')]));
    fsyncSync(descriptor);
    renameSync(unfinished, file);
    syncFolder(dirname(file));
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return {
    write(mark) {
      turn += 1;
      writeSync(descriptor, encode(mark, turn), 0, SLOT_BYTES, ((turn - 1) % SLOTS) * SLOT_BYTES);
      fdatasyncSync(descriptor);
    },
    close: () => closeSync(descriptor),
  };
}

/** One line, so that it can be read by people, too. */
function encode(mark: EndMark, turn: number): Buffer {
  const { logId, position, id, bootId } = mark;
  const text = JSON.stringify({ logId, position, id, bootId, turn });
  const line = `${sumOf(text)} ${text}\n`;
  if (Buffer.byteLength(line) > SLOT_BYTES)
    throw new Error(`A mark of the log's end is longer than ${SLOT_BYTES} bytes`);
  return Buffer.concat([Buffer.from(line), Buffer.alloc(SLOT_BYTES - Buffer.byteLength(line), ' ')]);
}

function decode(slot: Buffer): { readonly mark: EndMark; readonly turn: number } | null {
  const [line = ''] = slot.toString('utf8').split('\n');
  const [sum, text] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
  if (sum !== sumOf(text)) return null;
  const { turn, ...mark } = JSON.parse(text) as EndMark & { readonly turn: number };
  return { mark, turn };
}

const sumOf = (text: string) => hash('sha256', text, 'hex').slice(0, 32);

function read(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
