import { hash } from 'node:crypto';
import type { ReceiveEvent } from '../../../domain/event/commands.ts';
import { canonicalJson } from '../../canonical-json.ts';

type Received = ReceiveEvent['event'];

/** The parts in which two requests under one key have to agree. */
export interface Comparable extends Pick<Received, 'type' | 'source' | 'contentType' | 'orderingKey' | 'cloudEvent'> {
  /** Parsed. Numbers that one double stands for, and that are not the same, are not numbers here. */
  readonly payload: unknown;
}

/**
 * The first three describe the sending, not the event: senders set them for every attempt. The last one says
 * what `contentType` says, and may be left out where that is JSON.
 */
const attributesNotCompared = new Set(['time', 'traceparent', 'tracestate', 'datacontenttype']);

export const comparableOf = ({ type, source, contentType, orderingKey, cloudEvent, payload }: Comparable) => ({
  ...{ type, source, contentType, orderingKey, payload },
  cloudEvent:
    cloudEvent &&
    Object.fromEntries(Object.entries(cloudEvent).filter(([attribute]) => !attributesNotCompared.has(attribute))),
});

/** SHA-256 over the canonical form (RFC 8785), in hex: white space, order of members and spelling do not count. */
export const fingerprintOf = (comparable: Comparable): string => hash('sha256', canonicalJson(comparable), 'hex');
