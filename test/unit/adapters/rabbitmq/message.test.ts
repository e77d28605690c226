import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../../../src/adapters/rabbitmq/message.ts';
import { messageId, type ProcessEvent } from '../../../../src/application/ports/command-bus.ts';
import { request } from '../../../support/domain/transitions.ts';

const command = (payload: string): ProcessEvent => ({
  eventId: randomUUID(),
  generation: 2,
  attempt: 3,
  event: {
    state: {
      status: 'FAILED',
      received: { ...request, payload, cloudEvent: { subject: 'a', part: 1, last: true } },
      generation: 2,
      attempts: 2,
      claim: { worker: 'worker-1', leaseExpiresAt: '2026-01-01T12:00:00.000Z' },
      nextAttemptAt: '2026-01-01T12:00:00.000Z',
      failure: {
        class: 'Error',
        message: 'no',
        stack: null,
        fingerprint: 'f',
        retryable: true,
        retryAfterMs: 5,
      },
      suspicions: [{ at: '2026-01-01T12:00:00.000Z', ended: 'worker', wasAlone: true }],
    },
    revision: 6,
    headId: randomUUID(),
    headHash: 'h'.repeat(64),
    createdAt: '2026-01-01T12:00:00.000Z',
    traceparent: null,
    firstTraceparent: null,
  },
});
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const packed = (commands: readonly ProcessEvent[], maxCommands: number) => [...pack(commands, maxCommands)];

describe('the messages of a publication', () => {
  it('hold its commands once, in order and unchanged, and no message holds too many', () => {
    const payloads = fc.array(fc.string({ unit: 'binary', maxLength: 50 }), { maxLength: 150 });
    fc.assert(
      fc.property(payloads, fc.integer({ min: 1, max: 40 }), (texts, maxCommands) => {
        const commands = texts.map(command);
        const messages = packed(commands, maxCommands);
        const read = messages.map(({ body }) => unpack(body));
        expect(read.flatMap(({ commands: some }) => some)).toEqual(commands);
        for (const [index, { id, commandCount }] of messages.entries()) {
          expect(commandCount).toBeLessThanOrEqual(maxCommands);
          expect(commandCount).toBe(read[index]?.commands.length);
          expect(id).toBe(messageId(read[index]?.commands[0] ?? command('')));
        }
      }),
      { numRuns: 20 },
    );
  });

  it('are several for a few commands, so that several workers share them', () => {
    const commands = Array.from({ length: 40 }, () => command('{}'));
    expect(packed(commands, 16).map(({ commandCount }) => commandCount)).toEqual([5, 5, 5, 5, 5, 5, 5, 5]);
  });

  it('stay small when the events are large, and a large event travels alone', () => {
    const commands = Array.from({ length: 160 }, (_, index) => command('x'.repeat(index === 80 ? 300_000 : 5_000)));
    const messages = packed(commands, 16);
    for (const { body, commandCount } of messages) expect(body.length < 33_000 || commandCount === 1).toBe(true);
    expect(messages.reduce((sum, { commandCount }) => sum + commandCount, 0)).toBe(160);
    expect(messages.length, 'and are not more than they have to be').toBeLessThan(160 / 3);
  });
});

describe('the form of a message', () => {
  const received =
    '{"clientId":"shop","cloudEvent":null,"contentType":"application/json","idempotencyKey":"k","orderingKey":null,"payload":"{}","requestFingerprint":"f","source":"shop","type":"order.placed"}';
  const state = `{"status":"RECEIVED","received":${received},"generation":0,"attempts":0,"claim":null,"nextAttemptAt":null,"failure":null,"suspicions":[]}`;
  const event = `{"state":${state},"revision":0,"headId":"id","headHash":"h","receivedAt":"2026-01-01T12:00:00.000Z"}`;
  const written = `{"version":1,"commands":[{"eventId":"e","generation":0,"attempt":1,"event":${event}},{"eventId":"e","generation":0,"attempt":2,"event":null,"dueAt":"2026-01-01T12:00:00.000Z"}]}`;

  it('is the one of every version so far, which workers and dispatchers of different versions share', () => {
    const { commands, problem } = unpack(Buffer.from(written));
    expect(problem).toBeNull();
    expect(commands[0]?.event).toMatchObject({ revision: 0, createdAt: '2026-01-01T12:00:00.000Z' });
    expect(
      packed(commands, 16).map(({ body }) => body.toString().slice('{"version":1,"commands":['.length, -2)),
    ).toEqual(JSON.parse(written).commands.map((each: unknown) => JSON.stringify(each)));
  });

  it('has the trace beside the event, where there is one', () => {
    const traced = { ...command('{}'), traceparent };
    const bodies = packed([traced, { ...traced, event: traced.event && { ...traced.event, traceparent } }], 16).map(
      ({ body }) => body,
    );
    const [first, second] = bodies.map((body) => JSON.parse(body.toString()).commands[0]);
    expect(first.traceparent).toBe(traceparent);
    expect(second).toEqual(first);
    expect(bodies.flatMap((body) => unpack(body).commands)).toEqual([traced, traced]);
  });
});

describe('a message from anybody', () => {
  const good = command('{}');
  const written = JSON.parse(packed([good], 1)[0]?.body.toString() ?? '').commands[0];
  const body = (value: unknown) => Buffer.from(JSON.stringify(value));

  it.each([
    ['no JSON', Buffer.from('{'), 'it is not JSON'],
    ['no bytes', Buffer.alloc(0), 'it is not JSON'],
    ['another version', body({ version: 2, commands: [written] }), 'version: invalid_value'],
    ['no version', body({ commands: [written] }), 'version: invalid_value'],
    ['no commands', body({ version: 1, commands: [] }), 'commands: too_small'],
    ['more than we know', body({ version: 1, commands: [written], more: 1 }), 'its top: unrecognized_keys'],
    ['a list', body([written]), 'its top: invalid_type'],
  ])('that holds %s is refused whole', (_, bytes, problem) => {
    expect(unpack(bytes)).toEqual({ commands: [], problem });
  });

  it.each([
    ['no id', { ...written, eventId: '' }, 'eventId: too_small'],
    ['attempt 0', { ...written, attempt: 0 }, 'attempt: too_small'],
    ['a fraction', { ...written, generation: 0.5 }, 'generation: invalid_type'],
    ['a trace that is none', { ...written, traceparent: '00-1-2-03' }, 'traceparent: invalid_format'],
    ['no event', { ...written, event: undefined }, 'event: invalid_type'],
    ['more than we know', { ...written, more: 1 }, 'its top: unrecognized_keys'],
    [
      'an event of another shape',
      { ...written, event: { ...written.event, revision: '0' } },
      'event.revision: invalid_type',
    ],
  ])('gives its good commands when one has %s', (_, bad, problem) => {
    expect(unpack(body({ version: 1, commands: [written, bad, written] }))).toEqual({
      commands: [good, good],
      problem,
    });
  });
});
