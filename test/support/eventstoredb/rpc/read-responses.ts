import { fieldCapacity, MessageWriter } from '../log/message-writer.ts';
import type { AllPosition } from '../log/read-all.ts';
import type { LogRecord } from '../log/record.ts';
import { withStructuredId } from '../log/recorded-event.ts';
import type { ResolvedRecord } from '../log/resolve-link.ts';
import { shared, streams } from '../stubs.ts';
import type { ReadMessage } from './outbox.ts';
import type { IdForm } from './read-options.ts';

const { ReadResp } = streams;

export const readResponses = {
  confirmation: (subscriptionId: string): ReadMessage =>
    new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(subscriptionId)),
  caughtUp: (): ReadMessage => new ReadResp().setCaughtUp(new ReadResp.CaughtUp()),
  fellBehind: (): ReadMessage => new ReadResp().setFellBehind(new ReadResp.FellBehind()),
  checkpoint: ({ commit, prepare }: AllPosition): ReadMessage =>
    new ReadResp().setCheckpoint(
      new ReadResp.Checkpoint().setCommitPosition(String(commit)).setPreparePosition(String(prepare)),
    ),
  streamNotFound: (stream: string): ReadMessage =>
    new ReadResp().setStreamNotFound(
      new ReadResp.StreamNotFound().setStreamIdentifier(
        new shared.StreamIdentifier().setStreamName(Buffer.from(stream)),
      ),
    ),
  firstStreamPosition: (revision: number): ReadMessage => new ReadResp().setFirstStreamPosition(String(revision)),
  lastStreamPosition: (revision: number): ReadMessage => new ReadResp().setLastStreamPosition(String(revision)),
};

/** Field numbers of the protocol. */
const RESPONSE_EVENT = 1;
const EVENT = 1;
const LINK = 2;
const COMMIT_POSITION = 3;

/** The message of one event, around the recorded event as it stands in the log. */
export function eventResponse({ event, link }: ResolvedRecord, idForm: IdForm): Buffer {
  const inner = (record: LogRecord) => (idForm === 'string' ? record.message : withStructuredId(record.message));
  const [eventBytes, linkBytes] = [event && inner(event), link && inner(link)];
  const capacity = fieldCapacity(eventBytes?.length ?? 0) + fieldCapacity(linkBytes?.length ?? 0) + fieldCapacity(0);
  const readEvent = new MessageWriter(capacity);
  if (eventBytes) readEvent.bytes(EVENT, eventBytes);
  if (linkBytes) readEvent.bytes(LINK, linkBytes);
  const { written } = readEvent.number(COMMIT_POSITION, (link ?? event)?.position ?? 0);
  return new MessageWriter(fieldCapacity(written.length)).bytes(RESPONSE_EVENT, written).written;
}
