import { verifiedHashOf } from '../envelope.ts';
import { type EventReader, revision } from '../ports/event-log.ts';
import type { Entry } from '../transparency/entries.ts';
import { LogContradictsAudit } from './failures.ts';

/**
 * Holds entries of the tree against the log: each transition is still there, and as it was written.
 * @throws {LogContradictsAudit} naming the first that is not. @throws {LogUnavailable}
 */
export async function compareWithLog(entries: readonly Entry[], log: Pick<EventReader, 'readStream'>): Promise<void> {
  for (const [stream, anchored] of Map.groupBy(entries, (entry) => entry.stream)) {
    const from = Math.min(...anchored.map((entry) => entry.revision));
    const found = await log.readStream(stream, revision(from));
    for (const entry of anchored) {
      const recorded = found[entry.revision - from];
      const isThere = recorded !== undefined && verifiedHashOf(recorded) === entry.hash;
      if (isThere) continue;
      const instead = recorded === undefined ? 'is not in the log' : 'is another one in the log';
      throw new LogContradictsAudit(
        `${stream}, revision ${entry.revision}: what was anchored as leaf ${entry.index} with the hash ${entry.hash} ${instead}; the log was cut off, changed or restored, and no checkpoint is signed until it is what it was`,
      );
    }
  }
}
