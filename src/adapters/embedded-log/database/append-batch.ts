import type { DatabaseSync } from 'node:sqlite';
import { decodeRequests, type Flat, type FlatRequest, NO_STREAM } from '../wire.ts';
import { damageIn } from './damage-found.ts';
import { messageOf, sqliteErrorKind } from './sqlite-error.ts';
import type { StreamDirectory } from './stream-directory.ts';

/**
 * The outcome of one request: `appended` now, `known` from an earlier, identical one, or in conflict with the revision
 * where the stream really stands.
 */
export type RequestOutcome = 'appended' | 'known' | number;

export type BatchAnswer =
  /** Durable. The transitions of all requests that were `appended` have positions in a row from `firstPosition` on. */
  | { readonly kind: 'committed'; readonly firstPosition: number; readonly outcomes: readonly RequestOutcome[] }
  /** Nothing of the batch is or will be in the log. */
  | { readonly kind: 'not-written'; readonly message: string; readonly isDamage?: boolean };

/**
 * Takes a batch of requests into one transaction: one fsync for all. Whether a request fits is read from its stream's
 * head before anything of it is inserted, so a conflict costs the others nothing; savepoints are not needed.
 *
 * @throws when a commit fails half-way, or cannot be undone: only the file itself, opened again, shows what is in it.
 */
export function createBatchAppender(database: DatabaseSync, streams: StreamDirectory): (batch: Flat) => BatchAnswer {
  const lastPosition = database.prepare('SELECT coalesce(max(position), 0) AS position FROM transitions');
  const idsAfter = database.prepare(
    'SELECT id FROM transitions WHERE stream = ? AND revision > ? ORDER BY revision LIMIT ?',
  );
  const insert = database.prepare(`
    INSERT INTO transitions (position, stream, revision, id, type, schema_version, recorded_at, data, metadata)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  let position = Number(lastPosition.get()?.['position']);

  function take({ stream, expectedRevision, transitions }: FlatRequest): RequestOutcome {
    const head = streams.find(stream);
    const actual = head?.revision ?? NO_STREAM;
    if (expectedRevision > actual) return actual;
    if (expectedRevision < actual && head !== null) {
      const ids = idsAfter.all(head.number, expectedRevision, transitions.length);
      const isKnown = transitions.every(([id], index) => ids[index]?.['id'] === id);
      return isKnown ? 'known' : actual;
    }
    const number = head?.number ?? streams.add(stream);
    let revision = actual;
    for (const values of transitions) insert.run(++position, number, ++revision, ...values);
    streams.move(stream, { number, revision });
    return 'appended';
  }

  function undo(): void {
    if (database.isTransaction) database.exec('ROLLBACK');
    streams.forget();
    position = Number(lastPosition.get()?.['position']);
  }

  return (batch) => {
    const firstPosition = position + 1;
    const outcomes: RequestOutcome[] = [];
    let isCommitting = false;
    try {
      database.exec('BEGIN');
      for (const request of decodeRequests(batch)) outcomes.push(take(request));
      isCommitting = true;
      database.exec('COMMIT');
    } catch (error) {
      // A full disk stops a commit before its last frame, without which no recovery takes the others for committed.
      if (isCommitting && sqliteErrorKind(error) !== 'full') throw error;
      undo();
      return { kind: 'not-written', message: messageOf(error), isDamage: damageIn(error) !== null };
    }
    streams.commit();
    return { kind: 'committed', firstPosition, outcomes };
  };
}
