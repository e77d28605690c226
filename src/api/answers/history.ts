import { z } from 'zod';
import type { Actor, Envelope } from '../../application/envelope.ts';
import { exampleEvent } from './event.ts';
import { time, times } from './times.ts';

/** A SHA-256 in hex. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const actor = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('principal'),
    subject: z.string(),
    clientId: z.string(),
    roles: z.array(z.string()),
    tokenId: z.string().nullable(),
  } satisfies Record<keyof Extract<Actor, { kind: 'principal' }>, z.ZodType>),
  z.strictObject({
    kind: z.literal('process'),
    process: z.string(),
  } satisfies Record<keyof Extract<Actor, { kind: 'process' }>, z.ZodType>),
]);

/** Of one transition, as it is shown. */
export const transitionFields = {
  stream: z.string(),
  revision: z.int().min(0).describe('Its number in the history, from 0.'),
  id: z.guid(),
  type: z.string(),
  schemaVersion: z.int().min(1),
  recordedAt: time,
  actor: actor.describe('Who acted: the bearer of a token, or a process of EventOps.'),
  address: z.string().optional().describe('Where an act was asked for: a replay, a discard.'),
  correlationId: z.string(),
  causationId: z.string(),
  requestId: z.string().optional(),
  traceparent: z.string().optional(),
  tracestate: z.string().optional(),
  keyId: z.string().optional(),
  planId: z.string().optional(),
  prevHash: sha256.describe('The hash of the transition before; 64 zeros at revision 0.'),
  hash: sha256.describe('docs/histories.md says how it is computed.'),
  data: z.record(z.string(), z.unknown()),
} satisfies Record<keyof Envelope | 'data' | 'hash', z.ZodType>;

const transition = z
  .strictObject(transitionFields)
  .meta({ id: 'Transition', description: `One fact about one event. Never changed. ${times}` });

const verified = z.strictObject({ items: z.array(transition), verified: z.literal(true) });

const broken = z.strictObject({ items: z.array(z.looseObject({})), verified: z.literal(false) }).meta({
  description:
    'A history that is not what was written. Items are shown as they are stored; one that cannot be read has `unreadable`.',
});

export const historyAnswer = z
  .union([verified, broken])
  .meta({ id: 'History', description: 'Every transition of an event in order, and whether the hashes hold.' });

export const exampleHistory = {
  items: [
    {
      stream: `event-${exampleEvent.id}`,
      revision: 0,
      id: '5d0ff0f4-8d7c-8a55-a3a6-91d41bb8a1c2',
      type: 'EventReceived',
      schemaVersion: 1,
      recordedAt: exampleEvent.createdAt,
      actor: { clientId: 'shop', kind: 'principal', roles: [], subject: 'shop', tokenId: null },
      correlationId: exampleEvent.id,
      causationId: '7c1c5b0e-6a36-4f5b-8a53-2a4b7b6b9d10',
      requestId: '7c1c5b0e-6a36-4f5b-8a53-2a4b7b6b9d10',
      prevHash: '0'.repeat(64),
      hash: '2f1d0c9b8a7f6e5d4c3b2a190807f6e5d4c3b2a190807f6e5d4c3b2a19080706',
      data: { type: 'order.placed', source: 'shop', payload: '{"orderId":"A-1"}' },
    },
  ],
  verified: true,
};
