import type { LogPosition, ProposedTransition, RecordedTransition, Revision } from './ports/event-log.ts';

/** A transition that this process has checked and sealed, with the place that its hash covers. */
export class SealedTransition implements ProposedTransition {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly recordedAt: string;
  readonly data: string;
  readonly metadata: string;
  readonly hash: string;
  readonly stream: string;
  readonly revision: number;

  constructor(of: ProposedTransition & Pick<SealedTransition, 'hash' | 'stream' | 'revision'>) {
    this.id = of.id;
    this.type = of.type;
    this.schemaVersion = of.schemaVersion;
    this.recordedAt = of.recordedAt;
    this.data = of.data;
    this.metadata = of.metadata;
    this.hash = of.hash;
    this.stream = of.stream;
    this.revision = of.revision;
  }
}

/**
 * One that this process has sealed, appended, and kept in memory for its own subscribers. Its texts need not be checked
 * against its hash, nor its data against its shape: both were made here. To check them anyway took a tenth of all that an
 * event costs on the embedded profile. What is read from the log is never one of these.
 */
export class AppendedTransition implements RecordedTransition {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly recordedAt: string;
  readonly data: string;
  readonly metadata: string;
  readonly hash: string;
  readonly stream: string;
  readonly revision: Revision;
  readonly position: LogPosition;

  constructor(sealed: SealedTransition, revision: Revision, position: LogPosition) {
    this.id = sealed.id;
    this.type = sealed.type;
    this.schemaVersion = sealed.schemaVersion;
    this.recordedAt = sealed.recordedAt;
    this.data = sealed.data;
    this.metadata = sealed.metadata;
    this.hash = sealed.hash;
    this.stream = sealed.stream;
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
  const isAtItsPlace =
    proposed instanceof SealedTransition && proposed.stream === stream && BigInt(proposed.revision) === revision;
  if (isAtItsPlace) return new AppendedTransition(proposed, revision, position);
  const { id, type, schemaVersion, recordedAt: at, data, metadata } = proposed;
  return { id, type, schemaVersion, recordedAt: at, data, metadata, stream, revision, position };
}
