import { createHash } from 'node:crypto';
import { shared, type streams } from '../stubs.ts';

/** In tests an event is its label; its id is made from it. */
export interface LabelledEvent {
  readonly label: string;
  readonly type?: string;
  readonly contentType?: string;
  readonly data?: string | Uint8Array;
  readonly metadata?: string;
  /** A property that is left out. */
  readonly without?: 'type' | 'content-type';
}

const labels = new Map<string, string>();

export function idOf(label: string): string {
  const digits = createHash('sha256').update(label).digest('hex');
  const id = [digits.slice(0, 8), digits.slice(8, 12), `5${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`].join(
    '-',
  );
  const whole = `${id}-${digits.slice(20, 32)}`;
  labels.set(whole, label);
  return whole;
}
/** The event's own id where it was not made from a label, as those of the server. */
export const labelOf = (id: string) => labels.get(id) ?? id;

export type Expectation = 'no-stream' | 'any' | 'exists' | number | `${bigint}`;

interface ExpectationOptions {
  setNoStream(value: InstanceType<typeof shared.Empty>): unknown;
  setAny(value: InstanceType<typeof shared.Empty>): unknown;
  setStreamExists(value: InstanceType<typeof shared.Empty>): unknown;
}

export function expectOn(options: ExpectationOptions, expected: Expectation, setExact: (revision: string) => unknown) {
  if (expected === 'no-stream') options.setNoStream(new shared.Empty());
  else if (expected === 'any') options.setAny(new shared.Empty());
  else if (expected === 'exists') options.setStreamExists(new shared.Empty());
  else setExact(String(expected));
}

export const identifierOf = (stream: string) => new shared.StreamIdentifier().setStreamName(Buffer.from(stream));

type Proposed = typeof streams.AppendReq.ProposedMessage | typeof streams.BatchAppendReq.ProposedMessage;

export function proposedMessage<Message extends Proposed>(Form: Message, event: string | LabelledEvent) {
  const {
    label,
    type = 'tested',
    contentType = 'application/json',
    data,
    metadata = '',
    without,
  } = typeof event === 'string' ? { label: event } : event;
  const message = new Form() as InstanceType<Message>;
  message.setId(new shared.UUID().setString(idOf(label)));
  message.getMetadataMap().set('type', type).set('content-type', contentType);
  if (without) message.getMetadataMap().del(without);
  message.setData(typeof data === 'object' ? data : Buffer.from(data ?? JSON.stringify({ label })));
  message.setCustomMetadata(Buffer.from(metadata));
  return message;
}
