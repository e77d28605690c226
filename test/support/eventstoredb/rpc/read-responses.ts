import type { AllPosition } from '../log/read-all.ts';
import type { LogRecord } from '../log/record.ts';
import { withStructuredId } from '../log/recorded-event.ts';
import type { ResolvedRecord } from '../log/resolve-link.ts';
import { shared, streams } from '../stubs.ts';
import type { ReadMessage } from './outbox.ts';

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

// Fields of the protocol's messages, as they stand before their contents: number and kind.
const RESPONSE_EVENT = 0x0a;
const READ_EVENT_EVENT = 0x0a;
const READ_EVENT_LINK = 0x12;
const READ_EVENT_COMMIT_POSITION = 0x18;
const LONGEST_VARINT = 10;

/**
 * The message of one event, put together around the recorded event as it stands in the log: through the stubs it would
 * take 8 µs more for each event.
 */
export function eventResponse({ event, link }: ResolvedRecord, idForm: 'string' | 'structured'): Buffer {
  const inner = (record: LogRecord | undefined) =>
    record && (idForm === 'string' ? record.message : withStructuredId(record.message));
  const [eventBytes, linkBytes] = [inner(event), inner(link)];
  const position = (link ?? event)?.position ?? 0;
  const readEventBytes = fieldBytes(eventBytes) + fieldBytes(linkBytes) + 1 + varintBytes(position);
  const bytes = Buffer.allocUnsafe(1 + LONGEST_VARINT + readEventBytes);
  let at = writeByte(bytes, 0, RESPONSE_EVENT);
  at = writeVarint(bytes, at, readEventBytes);
  at = writeField(bytes, at, READ_EVENT_EVENT, eventBytes);
  at = writeField(bytes, at, READ_EVENT_LINK, linkBytes);
  at = writeByte(bytes, at, READ_EVENT_COMMIT_POSITION);
  return bytes.subarray(0, writeVarint(bytes, at, position));
}

const fieldBytes = (content: Uint8Array | undefined) =>
  content === undefined ? 0 : 1 + varintBytes(content.length) + content.length;

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes += 1;
  return bytes;
}

function writeByte(into: Buffer, at: number, byte: number): number {
  into[at] = byte;
  return at + 1;
}

/** Positions are beyond what JavaScript's bit operations can take. */
function writeVarint(into: Buffer, start: number, value: number): number {
  let [at, rest] = [start, value];
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) at = writeByte(into, at, (rest % 0x80) | 0x80);
  return writeByte(into, at, rest);
}

function writeField(into: Buffer, start: number, tag: number, content: Uint8Array | undefined): number {
  if (content === undefined) return start;
  const at = writeVarint(into, writeByte(into, start, tag), content.length);
  into.set(content, at);
  return at + content.length;
}
