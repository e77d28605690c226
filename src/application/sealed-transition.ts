import type { LogPosition, ProposedTransition, RecordedTransition, Revision } from './ports/event-log.ts';

/** A transition at its place in its stream, wherever that is in the log. */
export type StoredTransition = Omit<RecordedTransition, 'position'>;

interface Sealed extends ProposedTransition {
  readonly hash: string;
  readonly stream: string;
}

/** What this process has sealed, with the stream that its hash covers. */
class SealedHere implements Sealed {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly recordedAt: string;
  readonly data: string;
  readonly metadata: string;
  readonly hash: string;
  readonly stream: string;

  constructor({ id, type, schemaVersion, recordedAt, data, metadata, hash, stream }: Sealed) {
    this.id = id;
    this.type = type;
    this.schemaVersion = schemaVersion;
    this.recordedAt = recordedAt;
    this.data = data;
    this.metadata = metadata;
    this.hash = hash;
    this.stream = stream;
  }
}

/** A transition that this process has checked and sealed, with the stream and revision that its hash covers. */
export class SealedTransition extends SealedHere {
  readonly revision: number;

  constructor(sealed: Sealed & Pick<SealedTransition, 'revision'>) {
    super(sealed);
    this.revision = sealed.revision;
  }
}

/**
 * One that this process has sealed, appended, and kept in memory for its own subscribers. Its texts need not be checked
 * against its hash, nor its data against its shape: both were made here. To check them anyway took a tenth of all that an
 * event costs on the embedded profile. What is read from the log is never one of these.
 */
export class AppendedTransition extends SealedHere implements RecordedTransition {
  readonly revision: Revision;
  readonly position: LogPosition;

  constructor(sealed: SealedTransition, revision: Revision, position: LogPosition) {
    super(sealed);
    this.revision = revision;
    this.position = position;
  }
}

/** What a log hands to subscribers of the process that appended `proposed` there. */
export function recordedFrom(
  proposed: ProposedTransition,
  stream: string,
  revision: Revision,
  position: LogPosition,
): RecordedTransition {
  const isWhereItWasSealed =
    proposed instanceof SealedTransition && proposed.stream === stream && BigInt(proposed.revision) === revision;
  if (isWhereItWasSealed) return new AppendedTransition(proposed, revision, position);
  const { id, type, schemaVersion, recordedAt: at, data, metadata } = proposed;
  return { id, type, schemaVersion, recordedAt: at, data, metadata, stream, revision, position };
}
