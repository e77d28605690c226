import { Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import {
  CallEnded,
  classifyError,
  isOfConnection,
  leaderNamedBy,
  wasNeverTaken,
} from '../../../src/adapters/eventstoredb/classify.ts';
import { DeadlinePassed } from '../../../src/application/within.ts';

/** An error as grpc-js makes it. */
function failed(code: number, details = '', trailers: Readonly<Record<string, string>> = {}): Error {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return Object.assign(new Error(`${code}: ${details}`), { code, details, metadata });
}
const exception = (code: number, name: string) => failed(code, '', { exception: name });

const [CANCELLED, UNKNOWN, NOT_FOUND, UNAVAILABLE] = [1, 2, 5, 14];
const notLeader = failed(NOT_FOUND, 'Leader info available', {
  exception: 'not-leader',
  'leader-endpoint-host': 'node-2',
  'leader-endpoint-port': '2113',
});
const refused = failed(UNAVAILABLE, 'No connection established. Last error: connect ECONNREFUSED 127.0.0.1:9');
const dropped = failed(UNAVAILABLE, 'Connection dropped');

describe('an error of EventStoreDB', () => {
  it.each([
    ['a conflict', exception(9, 'wrong-expected-version'), 'conflict'],
    ['a conflict by code', failed(6), 'conflict'],
    ['a missing stream', exception(5, 'stream-not-found'), 'not-found'],
    ['a stream that was not created', exception(5, 'no-stream'), 'not-found'],
    ['a missing thing by code', failed(5), 'not-found'],
    ['too large an append', exception(3, 'maximum-append-size-exceeded'), 'too-large'],
    ['too large an event', exception(3, 'maximum-append-event-size-exceeded'), 'too-large'],
    ['a tombstoned stream', exception(9, 'stream-deleted'), 'invalid'],
    ['a bad argument', failed(3), 'invalid'],
    ['a failed precondition', failed(9), 'invalid'],
    ['denied access', exception(7, 'access-denied'), 'auth'],
    ['denied access by code', failed(7), 'auth'],
    ['an unknown user', failed(16), 'auth'],
    ['another leader', notLeader, 'retryable'],
    ['no leader', failed(UNKNOWN, 'No leader info available in response'), 'retryable'],
    ['a busy server', failed(UNAVAILABLE, 'Server Is Too Busy'), 'retryable'],
    ['a busy server in other words', failed(UNKNOWN, 'Server Is Busy'), 'retryable'],
    ['a server that starts', failed(UNAVAILABLE, 'Server Is Not Ready'), 'retryable'],
    ['no server', refused, 'retryable'],
    ['no such name', failed(UNAVAILABLE, 'Name resolution failed for target dns:nowhere'), 'retryable'],
    ['a server of another kind', failed(12), 'retryable'],
    ['a cluster without an answer', new Error('Failed to discover after 1 attempts.'), 'retryable'],
    ['a dropped connection', dropped, 'unknown'],
    ['a cancelled call', failed(CANCELLED), 'unknown'],
    ['an unknown error', failed(UNKNOWN, 'Exception was thrown by handler.'), 'unknown'],
    ['a deadline of gRPC', failed(4), 'unknown'],
    ['an exhausted resource', failed(8), 'unknown'],
    ["the server's own timeout", failed(10, 'Operation timed out: x'), 'unknown'],
    ['a value out of range', failed(11), 'unknown'],
    ['an error inside the server', failed(13), 'unknown'],
    ['lost data', failed(15), 'unknown'],
    ['a code of the future', failed(99), 'unknown'],
    ['our own deadline', new DeadlinePassed('no answer within 5000 ms'), 'unknown'],
    ['an error of Node', new TypeError('x is not a function'), 'unknown'],
    ['a string', 'oops', 'unknown'],
    ['nothing', undefined, 'unknown'],
  ])('is told as what it is: %s', (_, error, kind) => {
    expect(classifyError(error)).toBe(kind);
  });

  it('names the node that leads, if it does', () => {
    expect(leaderNamedBy(notLeader)).toEqual({ address: 'node-2', port: 2113 });
    expect(leaderNamedBy(exception(5, 'not-leader'))).toBeNull();
    expect(leaderNamedBy(dropped)).toBeNull();
    expect(leaderNamedBy(new Error('not-leader'))).toBeNull();
  });

  it.each([
    ['nobody was there', refused, false, true],
    ['the user is unknown', failed(16), false, true],
    ['the method is unknown', failed(12), false, true],
    ['the user is unknown, after answers', failed(16), true, false],
    ['another node leads: it may have led a moment before', notLeader, false, false],
    ['the server got busy: it may have been idle before', failed(UNAVAILABLE, 'Server Is Too Busy'), false, false],
    ['the connection dropped', dropped, false, false],
    ['an error of Node', new Error('oops'), false, false],
  ])('leaves no doubt about appends only where none was taken: %s', (_, error, answered, certain) => {
    expect(wasNeverTaken(error, answered)).toBe(certain);
  });

  it.each([
    ['a dropped connection', dropped, true],
    ['a call cancelled by the server', failed(CANCELLED), true],
    ['another leader', notLeader, true],
    ['no leader', failed(UNKNOWN, 'No leader info available in response'), true],
    ['a server of another kind', failed(12), true],
    ['a call that just ended', new CallEnded('the call was ended by the server'), true],
    ['an error of Node', new TypeError('x is not a function'), false],
    ['a busy server', failed(UNAVAILABLE, 'Server Is Too Busy'), false],
    ['a refusal', failed(7), false],
    ['a missing stream', failed(5), false],
  ])("is the connection's or not: %s", (_, error, ofConnection) => {
    expect(isOfConnection(error)).toBe(ofConnection);
  });
});
