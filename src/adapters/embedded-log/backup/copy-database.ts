import { closeSync, fdatasync, openSync } from 'node:fs';
import { backup, type DatabaseSync } from 'node:sqlite';
import { adviceOn } from '../../../application/advice-on-files.ts';
import { messageOf } from '../database/sqlite-error.ts';
import { whatTheSystemSays } from '../database/what-the-system-says.ts';

/** One step of the copy, during which no append begins: about 0.3 ms. */
const PAGES_IN_A_STEP = 32;
/**
 * What SQLite says when there is no error, and node:sqlite rejects with when the first step meets an append that is under way:
 * it takes a copy of which no page is left, and none was copied, for one that failed (BackupJob in Node's node_sqlite.cc).
 */
const MET_AN_APPEND = 'not an error';
/** How often a copy is begun again for that. */
const MOST_BEGINNINGS = 1_000;
/**
 * How much is copied between two syncs (8 MiB), which run beside the copy. The last one is in its last step: with all of the
 * file left to it, appends waited for that step for half a second for each 250 MiB.
 */
const PAGES_BETWEEN_SYNCS = 2_048;

export type CopyOutcome =
  | { readonly kind: 'copied' }
  /** `reason` is a sentence about the target. What was written is of no use. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface DatabaseCopy {
  /** Settles when nothing is read or written any more; never rejects. */
  readonly outcome: Promise<CopyOutcome>;
  stop(): void;
}

/**
 * Copies an open database into the empty file `target`, as it is at the end of the copy, and syncs it. Appends over the same
 * connection go on between the steps, and are in the copy. Nothing starts over when they change what was copied before.
 */
export function copyDatabase(database: DatabaseSync, target: string): DatabaseCopy {
  let isStopped = false;
  return {
    outcome: copy(database, target, () => isStopped),
    stop: () => {
      isStopped = true;
    },
  };
}

async function copy(database: DatabaseSync, target: string, isStopped: () => boolean): Promise<CopyOutcome> {
  const syncing = createSyncing(target);
  try {
    await betweenAppends(() =>
      backup(database, target, {
        rate: PAGES_IN_A_STEP,
        progress({ totalPages, remainingPages }) {
          if (isStopped()) throw new Error('it was stopped');
          syncing.written(totalPages - remainingPages);
        },
      }),
    );
    return { kind: 'copied' };
  } catch (error) {
    const what = isStopped() ? 'it was stopped' : messageOf(error);
    const code = isStopped() ? null : whatTheSystemSays(error, target);
    return {
      kind: 'failed',
      reason: `${target} was not written: ${what}${code === null ? '' : `: ${adviceOn(code)}`}`,
    };
  } finally {
    await syncing.close();
  }
}

async function betweenAppends(begin: () => Promise<unknown>): Promise<void> {
  for (let beginnings = 1; ; beginnings += 1)
    try {
      await begin();
      return;
    } catch (error) {
      if (messageOf(error) !== MET_AN_APPEND || beginnings >= MOST_BEGINNINGS) throw error;
    }
}

function createSyncing(path: string) {
  let syncedPages = 0;
  let running: Promise<void> | null = null;
  let file: number | null = null;
  return {
    written(pages: number): void {
      if (running !== null || pages - syncedPages < PAGES_BETWEEN_SYNCS) return;
      syncedPages = pages;
      file ??= openSync(path, 'r+');
      const { promise, resolve } = Promise.withResolvers<void>();
      running = promise;
      // What it fails with, the sync in the last step fails with, too.
      fdatasync(file, () => {
        running = null;
        resolve();
      });
    },
    async close(): Promise<void> {
      await running;
      if (file !== null) closeSync(file);
    },
  };
}
