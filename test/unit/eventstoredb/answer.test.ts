import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../src/adapters/eventstoredb/answer.ts';
import { appended, conflict } from '../../support/event-log/transitions.ts';
import { Any, shared, status, streams } from '../../support/eventstoredb/stubs.ts';

const asked = { stream: 'event-1', count: 3 };

interface Message {
  serializeBinary(): Uint8Array;
}

function failure(message: string, name?: string, detail: Message = new shared.Unknown()) {
  const error = new status.Status().setMessage(message);
  if (name !== undefined) {
    const details = new Any();
    details.pack(detail.serializeBinary(), name);
    error.setDetails(details);
  }
  return new streams.BatchAppendResp().setError(error);
}
const ofClient = (name: string, detail?: Message) => failure(name, `event_store.client.${name}`, detail);
const notHandled = (message: string) => failure(message, 'google.protobuf.Empty');

const refusal = (code: string) => ({ kind: 'refused', refusal: { code, message: expect.stringContaining('event-1') } });

describe('an answer to an append', () => {
  it('tells the revisions of what was appended, counted back from the last', () => {
    const success = new streams.BatchAppendResp.Success().setCurrentRevision('9007199254740995');
    expect(outcomeOf(new streams.BatchAppendResp().setSuccess(success), { ...asked, count: 1 })).toEqual({
      kind: 'appended',
      firstRevision: 9007199254740995n,
      lastRevision: 9007199254740995n,
    });
    const three = new streams.BatchAppendResp.Success().setCurrentRevision('4');
    expect(outcomeOf(new streams.BatchAppendResp().setSuccess(three), asked)).toEqual(appended(2, 4));
  });

  it('tells where the stream stands in a conflict', () => {
    const at = new shared.WrongExpectedVersion().setCurrentStreamRevision('7');
    expect(outcomeOf(ofClient('WrongExpectedVersion', at), asked)).toEqual(conflict(7));
    const none = new shared.WrongExpectedVersion();
    expect(outcomeOf(ofClient('WrongExpectedVersion', none), asked)).toEqual(conflict('no-stream'));
  });

  it.each([
    ['StreamDeleted', ofClient('StreamDeleted', new shared.StreamDeleted()), 'invalid'],
    ['AccessDenied', ofClient('AccessDenied', new shared.AccessDenied()), 'unauthorized'],
    [
      'MaximumAppendSizeExceeded',
      ofClient('MaximumAppendSizeExceeded', new shared.MaximumAppendSizeExceeded()),
      'too-large',
    ],
    ['MaximumAppendEventSizeExceeded', ofClient('MaximumAppendEventSizeExceeded'), 'too-large'],
    ['BadRequest', ofClient('BadRequest', new shared.BadRequest()), 'invalid'],
    ['Server Is Busy', notHandled('Server Is Busy'), 'unavailable'],
    ['Server Is Not Ready', notHandled('Server Is Not Ready'), 'unavailable'],
    ['No leader info available in response', notHandled('No leader info available in response'), 'unavailable'],
  ])('that nothing was written: %s', (_, answer, code) => {
    expect(outcomeOf(answer, asked)).toEqual(refusal(code));
  });

  it.each([
    ['Timeout', ofClient('Timeout', new shared.Timeout())],
    ['Unknown', ofClient('Unknown', new shared.Unknown())],
    ['an error inside the server', failure('Envelope callback expected …', 'google.protobuf.Empty')],
    ['a name of the future', ofClient('SomethingNew')],
    ['a failure without details', failure('Oops')],
    ['nothing at all', new streams.BatchAppendResp()],
    ['a success without a revision', new streams.BatchAppendResp().setSuccess(new streams.BatchAppendResp.Success())],
    [
      'bytes that are no conflict',
      failure('x', 'event_store.client.WrongExpectedVersion', { serializeBinary: () => new Uint8Array([255]) }),
    ],
  ])('that leaves open whether it was written: %s', (_, answer) => {
    expect(outcomeOf(answer, asked)).toEqual({ kind: 'unknown', message: expect.stringContaining('event-1') });
  });
});
