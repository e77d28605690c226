import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { COMMAND } from '../../../application/command-name.ts';
import { readBootId } from '../../files/boot-id.ts';
import { LogFileRefused } from '../log-file-refused.ts';
import { type EndMark, EndMarkDamaged, endMarkPath, readEndMark } from './end-mark.ts';
import type { Place } from './read-transitions.ts';
import { examineWriteAheadFile, type WriteAheadState } from './write-ahead-file.ts';

/** What was found beside a log before SQLite touched any of it. */
export interface Evidence {
  readonly mark: EndMark | 'damaged' | null;
  readonly writeAhead: WriteAheadState;
}

/** Transitions that were durable are missing, or may be. */
export interface Loss {
  /** The beginning of a sentence whose subject is the log. */
  readonly claim: 'has lost transitions that were answered for' | 'may have lost transitions that were answered for';
  /** What is missing and how that is known, as the end of that sentence. */
  readonly what: string;
  /** The last position that is known to have been in the log. */
  readonly upTo: number;
}

/** @throws errors of the file system. */
export function gatherEvidence(path: string, bootId: string | null = readBootId()): Evidence {
  const mark = readMark(path);
  const isSameBoot = mark !== null && mark !== 'damaged' && bootId !== null && mark.bootId === bootId;
  return { mark, writeAhead: examineWriteAheadFile(`${path}-wal`, { isSameBoot }) };
}

const proven = (what: string, upTo: number): Loss => ({
  claim: 'has lost transitions that were answered for',
  what,
  upTo,
});

/** Nothing shows how far the log had come. A log is never without a mark: the mark is there before the log is. */
const possible = (what: string, upTo: number): Loss => ({
  claim: 'may have lost transitions that were answered for',
  what: `${what}, so whether transitions are missing after position ${upTo} is unknown`,
  upTo,
});

/** What the log, as SQLite shows it, lacks of what it had, or may lack; `null` when it is whole. */
export function proofOfLoss(path: string, { mark, writeAhead }: Evidence, database: DatabaseSync): Loss | null {
  const { logId, end, placeAt } = contentsOf(database);
  if (mark !== null && mark !== 'damaged' && mark.position > 0) {
    const because = `the mark of its end, ${endMarkPath(path)}, names ${mark.id} at position ${mark.position}`;
    if (logId !== mark.logId)
      return proven(`it is the log ${logId}; ${because} of the log ${mark.logId}`, mark.position);
    if (mark.position > end.position)
      return proven(
        `it ends at position ${end.position}, and ${because}: positions ${end.position + 1} to ${mark.position} are missing, and possibly later ones; ${causeOf(path, writeAhead)}`,
        mark.position,
      );
    const found = placeAt(mark.position);
    if (found?.id !== mark.id) return proven(`it has ${found?.id ?? 'nothing'} there, and ${because}`, mark.position);
  }
  if (writeAhead.kind === 'damaged')
    return proven(`${causeOf(path, writeAhead)}: what follows position ${end.position} is missing`, end.position + 1);
  if (mark === 'damaged') return possible(`the mark of its end, ${endMarkPath(path)}, cannot be read`, end.position);
  if (mark === null)
    return possible(
      `the mark of its end, ${endMarkPath(path)}, is missing, as beside a copy of the file alone or a log of the first versions, which wrote no marks`,
      end.position,
    );
  return null;
}

/** For a log whose file is not there at all. */
export function proofOfLostFile(path: string, { mark }: Pick<Evidence, 'mark'>): Loss | null {
  if (mark === 'damaged')
    return possible(`it is missing, and the mark of its end, ${endMarkPath(path)}, cannot be read`, 0);
  if (mark === null || mark.position === 0) return null;
  return proven(
    `it is missing, and the mark of its end, ${endMarkPath(path)}, names ${mark.id} at position ${mark.position}`,
    mark.position,
  );
}

/**
 * Also when the loss was accepted before, but up to another position: a flag that stays in a command line accepts
 * nothing that happens later.
 */
export const refusedFor = (path: string, { claim, what, upTo }: Loss) =>
  new LogFileRefused(
    'incomplete',
    `${path} ${claim}: ${what}. Nothing was changed. Put the missing file or a newer backup of the whole data folder ` +
      'back. To go on with the log as it is, and keep aside what is left of the rest: ' +
      `${COMMAND} start --accept-lost-transitions ${upTo}`,
  );

function causeOf(path: string, writeAhead: WriteAheadState): string {
  switch (writeAhead.kind) {
    case 'empty':
      return `its write-ahead file, ${path}-wal, is missing or empty, or the file is an older one`;
    case 'no-header':
      return `the header of its write-ahead file, ${path}-wal, is damaged`;
    case 'damaged':
      return `its write-ahead file, ${path}-wal, is damaged at byte ${writeAhead.byte}, with ${writeAhead.commitsBehind} commits behind that`;
    case 'whole':
      return `the file or its write-ahead file, ${path}-wal, is an older one, or the latter was cut off or damaged near its end`;
  }
}

function contentsOf(database: DatabaseSync) {
  const last = database.prepare('SELECT position, id FROM transitions ORDER BY position DESC LIMIT 1').get();
  const at = database.prepare('SELECT position, id FROM transitions WHERE position = ?');
  return {
    logId: String(database.prepare('SELECT id FROM log').get()?.['id']),
    end: placeOf(last) ?? { position: 0, id: '' },
    placeAt: (position: number) => placeOf(at.get(position)),
  };
}

const placeOf = (row: Record<string, unknown> | undefined): Place | null =>
  row === undefined ? null : { position: Number(row['position']), id: String(row['id']) };

function readMark(path: string): Evidence['mark'] {
  try {
    return readEndMark(path);
  } catch (error) {
    if (error instanceof EndMarkDamaged) return 'damaged';
    throw error;
  }
}

/** Whether SQLite has something to recover: who had the log before did not close it. */
export const wasLeftOpen = (path: string) => (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
