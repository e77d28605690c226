import { hash } from 'node:crypto';
import { auditTreeAggregate } from '../../domain/audit-tree/aggregate.ts';
import type { AuditTreeState } from '../../domain/audit-tree/state.ts';
import { isAsWritten } from '../envelope.ts';
import { HistoryBroken } from '../failures.ts';
import { advance, type Loaded, noHistory } from '../load.ts';
import { type EventReader, revision } from '../ports/event-log.ts';
import type { LastSigned } from '../ports/tree-store.ts';
import { LogContradictsAudit } from './failures.ts';

/** By which the history of a log's checkpoints is called, as witnesses call it: SHA-256 of its origin, in hex. */
export const auditTreeIdOf = (origin: string): string => hash('sha256', origin, 'hex');

/** What a command on the checkpoints has to know. */
export const loadedFrom = (last: LastSigned | null): Loaded<AuditTreeState> =>
  last === null
    ? noHistory
    : { ...noHistory, state: last.checkpoint, revision: last.revision, headId: last.headId, headHash: last.headHash };

export function lastSignedIn({ state, revision: at, headId, headHash }: Loaded<AuditTreeState>): LastSigned | null {
  return state === null ? null : { checkpoint: state, revision: at, headId, headHash };
}

/**
 * The checkpoint that was signed last. `known` spares reading those before it.
 * @throws {LogContradictsAudit} when the log lacks what is known. @throws {HistoryBroken} @throws {LogUnavailable}
 */
export async function lastSigned(
  log: Pick<EventReader, 'readStream' | 'readPages'>,
  origin: string,
  known: LastSigned | null,
): Promise<LastSigned | null> {
  const stream = auditTreeAggregate.streamPrefix + auditTreeIdOf(origin);
  let last: Loaded<AuditTreeState> = noHistory;
  for await (const page of known === null
    ? log.readPages(stream)
    : [await log.readStream(stream, revision(known.revision))])
    for (const recorded of page) {
      if (!isAsWritten(recorded)) throw new HistoryBroken(stream);
      last = advance(auditTreeAggregate, last, recorded);
      if (known !== null && last.revision === known.revision && last.headHash !== known.headHash)
        throw lacks(stream, known, 'has another one in its place');
    }
  if (known !== null && last.revision < known.revision) throw lacks(stream, known, 'does not have it');
  const found = lastSignedIn(last);
  const isKnown = found !== null && found.revision === known?.revision;
  return isKnown && known.cosignatures !== undefined ? { ...found, cosignatures: known.cosignatures } : found;
}

const lacks = (stream: string, { revision: at, checkpoint }: LastSigned, how: string) =>
  new LogContradictsAudit(
    `${stream}, revision ${at}: the checkpoint of ${checkpoint.size} transitions was signed and the log ${how}; it was cut off, changed or restored, and no checkpoint is signed until it is what it was`,
  );
