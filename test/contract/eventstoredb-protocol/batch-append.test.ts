import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { withServer } from '../../support/eventstoredb/conversation/with-server.ts';

const here = withServer();
const soon = () => new Date(Date.now() + 300);

describe('an append in several messages', () => {
  it('is one append, at the expectation of the first message', async () => {
    const batch = here.conversation.batch();
    const correlationId = randomUUID();
    const { stream, prefix } = here;
    batch.request({ correlationId, stream, expected: 'no-stream', events: [`${prefix}a`], isFinal: false });
    batch.request({ correlationId, withoutOptions: true, events: [`${prefix}b`], isFinal: false });
    batch.request({ correlationId, stream: 'ignored', expected: 7, events: [`${prefix}c`] });

    expect(await batch.answerTo(correlationId)).toMatchObject({ revision: 2 });
    expect(await here.conversation.read({ stream })).toEqual([`${prefix}a`, `${prefix}b`, `${prefix}c`, 'last 2']);
    batch.close();
  });

  it('may be mixed with another one', async () => {
    const batch = here.conversation.batch();
    const { stream, prefix } = here;
    const [one, other] = [randomUUID(), randomUUID()];
    batch.request({ correlationId: one, stream: `${stream}-1`, events: [`${prefix}a`], isFinal: false });
    batch.request({ correlationId: other, stream: `${stream}-2`, events: [`${prefix}b`], isFinal: false });
    batch.request({ correlationId: other, withoutOptions: true, events: [`${prefix}c`] });
    batch.request({ correlationId: one, withoutOptions: true });

    expect(await batch.answerTo(one)).toMatchObject({ revision: 0 });
    expect(await batch.answerTo(other)).toMatchObject({ revision: 1 });
    batch.close();
  });

  it('that is too large as a whole is refused once, and the rest of it is ignored', async () => {
    const batch = here.conversation.batch();
    const { stream, prefix } = here;
    const correlationId = randomUUID();
    const large = (label: string) => ({ label: prefix + label, data: new Uint8Array(600_000) });
    batch.request({ correlationId, stream, events: [large('a')], isFinal: false });
    batch.request({ correlationId, withoutOptions: true, events: [large('b')], isFinal: false });
    batch.request({ correlationId, withoutOptions: true, events: [large('c')] });

    expect(await batch.answerTo(correlationId)).toEqual({ status: 'MaximumAppendSizeExceeded', statusCode: 3 });
    expect(await batch.answerTo(batch.request({ stream, events: [`${prefix}d`] }))).toMatchObject({ revision: 0 });
    expect(await here.conversation.read({ stream })).toEqual([`${prefix}d`, 'last 0']);
    batch.close();
  });

  it('that is not complete by its deadline is answered with a timeout, and nothing is written', async () => {
    const batch = here.conversation.batch();
    const { stream, prefix } = here;
    const correlationId = randomUUID();
    batch.request({ correlationId, stream, events: [`${prefix}a`], isFinal: false, deadline: soon() });

    expect(await batch.answerTo(correlationId)).toEqual({ status: 'Timeout', statusCode: 4 });
    batch.request({ correlationId, withoutOptions: true, events: [`${prefix}b`] });
    expect(await here.conversation.read({ stream })).toEqual(['not-found']);
    batch.close();
  });
});

describe('the size of an append', () => {
  it('counts bodies, metadata and two bytes for each character of a type', async () => {
    const { conversation, stream, prefix } = here;
    const event = (bytes: number) => ({
      label: prefix + bytes,
      type: 'x'.repeat(10),
      metadata: ' '.repeat(100),
      data: new Uint8Array(1_048_576 - 120 + bytes),
    });

    expect(await conversation.append(stream, 'no-stream', [event(0)])).toMatchObject({ revision: 0 });
    const status = { status: 'MaximumAppendSizeExceeded', statusCode: 3 };
    expect(await conversation.append(stream, 0, [event(1)])).toEqual(status);
    expect(await conversation.appendUnary(stream, 0, [event(1)])).toMatchObject({
      code: 'INVALID_ARGUMENT',
      exception: 'maximum-append-size-exceeded',
    });
  });
});

describe('a request that makes no sense', () => {
  it('without a stream is a bad request', async () => {
    const batch = here.conversation.batch();

    expect(await batch.answerTo(batch.request({}))).toEqual({ status: 'BadRequest', statusCode: 3 });
    batch.close();
  });

  it.each(['', '$$'])('to the stream named "%s" is a bad request', async (stream) => {
    expect(await here.conversation.append(stream, 'any', ['a'])).toEqual({ status: 'BadRequest', statusCode: 3 });
  });

  it('leaves its neighbours alone', async () => {
    const batch = here.conversation.batch();
    const { stream, prefix } = here;
    const bad = batch.request({ stream, events: [{ label: `${prefix}a`, type: '' }] });
    const good = batch.request({ stream, events: [`${prefix}b`] });

    expect(await batch.answerTo(bad)).toEqual({ status: 'BadRequest', statusCode: 3 });
    expect(await batch.answerTo(good)).toMatchObject({ revision: 0 });
    batch.close();
  });

  it('is answered a second time, by the deadline, since the server does not forget it', async () => {
    const batch = here.conversation.batch();
    const { stream, prefix } = here;
    const bad = batch.request({ stream, events: [{ label: `${prefix}a`, type: '' }], deadline: soon() });

    expect(await batch.answerTo(bad)).toEqual({ status: 'BadRequest', statusCode: 3 });
    expect(await batch.answerTo(bad)).toEqual({ status: 'Timeout', statusCode: 4 });
    batch.close();
  });

  it('with a correlation id that is none, in a message without options, ends the call', async () => {
    const batch = here.conversation.batch();
    batch.request({ correlationId: 'none', withoutOptions: true });

    expect(await batch.ended).toEqual({ code: 'UNKNOWN', details: 'Exception was thrown by handler.' });
  });

  it('without options is ignored', async () => {
    const batch = here.conversation.batch();
    const { stream, prefix } = here;
    batch.request({ withoutOptions: true, events: [`${prefix}a`] });

    expect(await batch.answerTo(batch.request({ stream, events: [`${prefix}b`] }))).toMatchObject({ revision: 0 });
    batch.close();
  });
});

describe('a half-closed call', () => {
  it('ends after the answer that was due', async () => {
    const batch = here.conversation.batch();
    const correlationId = batch.request({ stream: here.stream, events: [`${here.prefix}a`] });
    batch.halfClose();

    expect(await batch.answerTo(correlationId)).toMatchObject({ revision: 0 });
    expect(await batch.ended).toBe('complete');
  });
});
