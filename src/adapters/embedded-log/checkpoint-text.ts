import { CheckpointRefused } from '../../application/failures.ts';
import type { Checkpoint } from '../../application/ports/event-log.ts';
import type { Place } from './database/read-transitions.ts';

const FORM = /^embedded:([0-9a-f-]{36}):([1-9]\d{0,15}):([0-9a-f-]{36})$/;

/** Which log, how far, and the id of the transition there, which distinguishes a restored backup from the real log. */
export const checkpointText = (logId: string, { position, id }: Place) =>
  `embedded:${logId}:${position}:${id}` as Checkpoint;

/** The position that a checkpoint names, if it is one of this log. @throws {CheckpointRefused} */
export function parseCheckpoint(checkpoint: Checkpoint, logId: string, path: string): Place {
  const [, log, position, id] = FORM.exec(checkpoint) ?? [];
  if (log === undefined || position === undefined || id === undefined)
    throw refused(path, 'it is not a checkpoint of an embedded log', { isOfAnotherLog: true });
  if (log !== logId)
    throw refused(path, `it belongs to the log ${log}, and this is the log ${logId}`, {
      position: BigInt(position),
      isOfAnotherLog: true,
    });
  return { position: Number(position), id };
}

/** Whether the log has at that position what it had when the checkpoint was made. @throws {CheckpointRefused} */
export function checkPlace(expected: Place, found: Place | null, end: Place, path: string): void {
  const position = BigInt(expected.position);
  if (found === null)
    throw refused(path, `it is at position ${expected.position}, and the log ends at ${end.position}`, { position });
  if (found.id !== expected.id)
    throw refused(path, `at position ${expected.position} it has seen ${expected.id}, and the log has ${found.id}`, {
      position,
    });
}

const refused = (path: string, what: string, of: ConstructorParameters<typeof CheckpointRefused>[1]) =>
  new CheckpointRefused(
    `The checkpoint is not a position in ${path}: ${what}. Either the log was exchanged or restored from a backup, and the ` +
      'subscriber has to begin again from the start of the log; or the subscriber is a newer copy than the log, and the ' +
      'log that it followed has to be put back',
    of,
  );
