import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { storeMetadata } from '../../../../src/adapters/eventstoredb/stored-metadata.ts';
import { shared, streams } from '../../eventstoredb/stubs.ts';
import { transition } from '../transitions.ts';

interface Event {
  readonly stream: string;
  readonly revision: number;
  readonly commit: number;
  readonly prepare: number;
  readonly type: string;
  readonly id: string;
  readonly data: string;
}

/** An event as a read or a subscription brings it. */
export function eventAt(commit: number, given: Partial<Event> = {}): ReadResp {
  const proposed = transition();
  const event = { stream: 'event-1', revision: 0, commit, prepare: commit, ...proposed, ...given };
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(event.id))
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(event.stream)))
    .setStreamRevision(String(event.revision))
    .setCommitPosition(String(event.commit))
    .setPreparePosition(String(event.prepare))
    .setData(Buffer.from(event.data))
    .setCustomMetadata(Buffer.from(storeMetadata(proposed)));
  recorded.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
  return new streams.ReadResp().setEvent(new streams.ReadResp.ReadEvent().setEvent(recorded));
}

export const checkpointAt = (commit: number, prepare = commit) =>
  new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint().setCommitPosition(String(commit)).setPreparePosition(String(prepare)),
  );

export const caughtUp = () => new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());
export const confirmation = () =>
  new streams.ReadResp().setConfirmation(new streams.ReadResp.SubscriptionConfirmation());
