import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** https://sqlite.org/fileformat2.html#the_write_ahead_log. All numbers in it are big-endian. */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The last bit of the magic number says in which order the words of checksums are read. */
const MAGIC = 0x377f0682;
const MIN_PAGE_BYTES = 512;
const MAX_PAGE_BYTES = 65_536;

export const writeAheadLimits = { framesInMemory: 256 } as const;
export type WriteAheadLimits = { readonly [Name in keyof typeof writeAheadLimits]: number };

/** What a write-ahead file holds beyond what SQLite recovers from it. */
export type WriteAheadState =
  /** Nothing was ever written to it, or it is not there. */
  | { readonly kind: 'empty' }
  /** SQLite takes nothing from it: its header is torn or changed. */
  | { readonly kind: 'no-header' }
  /** SQLite recovers all that was written, or all but what a kill or a power cut may have torn. */
  | { readonly kind: 'whole' }
  /** The frame at `byte` was changed after it was written, and SQLite drops so many commits behind it. */
  | { readonly kind: 'damaged'; readonly byte: number; readonly commitsBehind: number };

/**
 * Looks for commits behind the first frame that SQLite does not believe, of the same generation (by the salts). SQLite
 * drops them silently; the writer, though, goes on only when what came before is written:
 *
 * - A kill leaves the beginning of what was written, because the kernel keeps it. So without an end of the machine in
 *   between (`isSameBoot`), one commit behind a broken frame proves that the frame had been whole.
 * - A power cut may leave any part of the last transaction, in any order, and so its commit. The next transaction begins
 *   only when that commit is on the disk. So a second commit proves the first one durable.
 *
 * Neither refuses what a kill or power cut leaves by itself, nor what a full disk leaves: the frames of a transaction
 * that was undone, which never end with a commit. What this cannot see is damage to the last one or two transactions:
 * the mark of the end (end-mark.ts) is for that.
 * @throws errors of the file system.
 */
export function examineWriteAheadFile(
  path: string,
  { isSameBoot, limits = {} }: { readonly isSameBoot: boolean; readonly limits?: Partial<WriteAheadLimits> },
): WriteAheadState {
  const { framesInMemory } = { ...writeAheadLimits, ...limits };
  const file = open(path);
  if (file === null) return { kind: 'empty' };
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    if (fstatSync(file).size === 0) return { kind: 'empty' };
    if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES || !isHeader(header)) return { kind: 'no-header' };
    return examineFrames(frames(file, header, framesInMemory), isSameBoot);
  } finally {
    closeSync(file);
  }
}

/** Which of the file's generations is being written; `null` before the first. SQLite changes it when it starts over. */
export function generationOf(descriptor: number): string | null {
  const salts = Buffer.alloc(8);
  return readSync(descriptor, salts, 0, 8, 16) < 8 ? null : salts.toString('hex');
}

interface Frame {
  readonly byte: number;
  /** It was written since SQLite last began at the start of the file. */
  readonly isOfThisGeneration: boolean;
  readonly endsTransaction: boolean;
  /** Its checksum is right, taking the one of the frame before as it stands there. */
  readonly followsNeighbour: boolean;
}

function examineFrames(all: Iterable<Frame>, isSameBoot: boolean): WriteAheadState {
  let broken: Frame | null = null;
  let commitsBehind = 0;
  for (const frame of all) {
    const isWhole = frame.isOfThisGeneration && frame.followsNeighbour;
    if (broken !== null && isWhole && frame.endsTransaction) commitsBehind += 1;
    if (!isWhole) broken ??= frame;
  }
  return broken === null || commitsBehind < (isSameBoot ? 1 : 2)
    ? { kind: 'whole' }
    : { kind: 'damaged', byte: broken.byte, commitsBehind };
}

function* frames(file: number, header: Buffer, framesInMemory: number): Generator<Frame> {
  const pageBytes = pageBytesOf(header);
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  const chunk = Buffer.alloc(frameBytes * framesInMemory);
  const isLittleEndian = isChecksumLittleEndian(header);
  const salts = header.subarray(16, 24);
  let before: Checksum = [header.readUInt32BE(24), header.readUInt32BE(28)];
  for (let index = 0; ; ) {
    const read = readSync(file, chunk, 0, chunk.length, HEADER_BYTES + index * frameBytes);
    const whole = Math.floor(read / frameBytes);
    for (let at = 0; at < whole; at += 1, index += 1) {
      const frame = chunk.subarray(at * frameBytes, (at + 1) * frameBytes);
      const head = checksum(frame.subarray(0, 8), before, isLittleEndian);
      const [first, second] = checksum(frame.subarray(FRAME_HEADER_BYTES), head, isLittleEndian);
      const stored: Checksum = [frame.readUInt32BE(16), frame.readUInt32BE(20)];
      yield {
        byte: HEADER_BYTES + index * frameBytes,
        isOfThisGeneration: frame.subarray(8, 16).equals(salts),
        endsTransaction: frame.readUInt32BE(4) !== 0,
        followsNeighbour: first === stored[0] && second === stored[1],
      };
      before = stored;
    }
    if (whole < framesInMemory) return;
  }
}

function isHeader(header: Buffer): boolean {
  const pageBytes = pageBytesOf(header);
  if ((header.readUInt32BE(0) & ~1) >>> 0 !== MAGIC || (pageBytes & (pageBytes - 1)) !== 0) return false;
  if (pageBytes < MIN_PAGE_BYTES || pageBytes > MAX_PAGE_BYTES) return false;
  const [first, second] = checksum(header.subarray(0, 24), [0, 0], isChecksumLittleEndian(header));
  return first === header.readUInt32BE(24) && second === header.readUInt32BE(28);
}

const pageBytesOf = (header: Buffer) => header.readUInt32BE(8);
const isChecksumLittleEndian = (header: Buffer) => (header.readUInt32BE(0) & 1) === 0;

type Checksum = readonly [first: number, second: number];

function checksum(bytes: Buffer, [first, second]: Checksum, isLittleEndian: boolean): Checksum {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [one, two] = [first, second];
  for (let at = 0; at < bytes.length; at += 8) {
    one = (one + words.getUint32(at, isLittleEndian) + two) >>> 0;
    two = (two + words.getUint32(at + 4, isLittleEndian) + one) >>> 0;
  }
  return [one, two];
}

function open(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
