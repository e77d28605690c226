import { type Comparable, comparableOf, fingerprintOf } from '../../application/use-cases/event/same-request.ts';
import type { ReceiveEvent } from '../../domain/event/commands.ts';
import { parseExactly } from './exact-json.ts';
import { pointerOf } from './json-document.ts';

/** An event as a client sent it, in whichever format, checked. */
export interface SentEvent {
  readonly type: string;
  readonly source: string;
  /** JSON text, byte for byte. */
  readonly payload: string;
  /** The payload, parsed; numbers as {@link parseExactly} has them. */
  readonly payloadValue: unknown;
  readonly contentType: string;
  readonly orderingKey: string | null;
  readonly cloudEvent: ReceiveEvent['event']['cloudEvent'];
  /** A member of the body; `null` where the format has none, or the client gave none. */
  readonly idempotencyKey: string | null;
}

/**
 * The same, ready for the log. The parsed payload is gone: it takes up to a hundred times the memory of its text, and an
 * event waits for the log as text alone.
 */
export interface PreparedEvent extends Omit<SentEvent, 'payloadValue'> {
  readonly requestFingerprint: string;
}

export function prepare({ payloadValue, ...sent }: SentEvent): PreparedEvent {
  return { ...sent, requestFingerprint: fingerprintOf(comparableOf({ ...sent, payload: payloadValue })) };
}

/** Of an event that was received before. */
export const comparableOfStored = (stored: ReceiveEvent['event']): Comparable =>
  comparableOf({ ...stored, payload: parseExactly(stored.payload) });

const MOST_POINTERS = 50;

/** Where the new request differs from the one that has the key, as pointers into the new one; at most 50. */
export function differences(sent: Comparable, stored: Comparable): readonly string[] {
  const isCloudEvent = sent.cloudEvent !== null;
  if (isCloudEvent !== (stored.cloudEvent !== null)) return [''];
  const { payload, orderingKey, contentType, cloudEvent, ...others } = sent;
  const found: string[] = [];
  collectDifferences(others, { type: stored.type, source: stored.source }, [], found);
  collectDifferences(contentType, stored.contentType, ['datacontenttype'], found);
  collectDifferences(orderingKey, stored.orderingKey, [isCloudEvent ? 'partitionkey' : 'orderingKey'], found);
  collectDifferences(cloudEvent, stored.cloudEvent, [], found);
  collectDifferences(payload, stored.payload, [isCloudEvent ? 'data' : 'payload'], found);
  return [...new Set(found)];
}

function collectDifferences(one: unknown, other: unknown, path: readonly (string | number)[], found: string[]): void {
  if (Object.is(one, other) || found.length >= MOST_POINTERS) return;
  if (!isContainer(one) || !isContainer(other) || Array.isArray(one) !== Array.isArray(other)) {
    // -0 and 0 are one number in canonical JSON.
    if (one !== other) found.push(pointerOf(...path));
    return;
  }
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)]))
    if (Object.hasOwn(one, name) && Object.hasOwn(other, name))
      collectDifferences(one[name], other[name], [...path, name], found);
    else if (found.length < MOST_POINTERS) found.push(pointerOf(...path, name));
}

const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
