import { describe, expect, it } from 'vitest';
import { problemOf } from '../../../src/api/plugins/problems.ts';
import {
  isProblemCode,
  type ProblemCode,
  problemDocument,
  problemHeaders,
  problemOfRejection,
  problemOfStatus,
  statusOf,
} from '../../../src/api/problem-details.ts';
import { AppendRefused, LogUnavailable } from '../../../src/application/failures.ts';

const failing = (statusCode: number) => Object.assign(new Error('secret'), { statusCode });

describe('a problem document', () => {
  it('says its own status, and has a name for programs', () => {
    const codes: readonly ProblemCode[] = ['event-not-found', 'log-unavailable', 'invalid-request', 'unauthenticated'];
    for (const code of codes)
      expect(JSON.parse(problemDocument({ code }))).toEqual({
        type: `urn:eventops:problem:${code}`,
        title: expect.stringMatching(/^[A-Z].*[^.]$/),
        status: statusOf({ code }),
        code,
      });
  });

  it('says when to come again where that helps, and how to be known where that is missing', () => {
    expect(problemHeaders({ code: 'log-unavailable' })).toHaveProperty('retry-after', '1');
    expect(problemHeaders({ code: 'unauthenticated' })).toHaveProperty('www-authenticate');
    expect(Object.keys(problemHeaders({ code: 'event-not-dead' }))).toEqual([
      'content-type',
      'cache-control',
      'x-content-type-options',
    ]);
  });
});

describe('a rejection', () => {
  it('keeps its code, and tells how the event stands', () => {
    expect(problemOfRejection({ code: 'event-not-dead', status: 'PROCESSED' })).toEqual({
      code: 'event-not-dead',
      detail: 'It is PROCESSED now.',
    });
  });
});

describe('an error', () => {
  it('of an outside part keeps its code and not its message', () => {
    const problem = problemOf(new LogUnavailable('secret.example:2113'));
    expect(problem.code).toBe('log-unavailable');
    expect(problemDocument(problem)).not.toContain('secret');
    expect(problemDocument(problemOf(new AppendRefused('too-large: secret')))).not.toContain('secret');
  });

  it.each([
    [400, 'malformed-request'],
    [404, 'not-found'],
    [405, 'method-not-allowed'],
    [408, 'request-timeout'],
    [413, 'content-too-large'],
    [414, 'uri-too-long'],
    [415, 'media-type-refused'],
    [417, 'expectation-refused'],
    [418, 'malformed-request'],
    [431, 'headers-too-large'],
    [500, 'internal-error'],
    [599, 'internal-error'],
  ])('of Fastify keeps its status and not its words: %i', (status, code) => {
    expect(problemOf(failing(status))).toEqual({ code });
    expect(problemOfStatus(status)).toEqual({ code });
  });

  it('that nobody expected is ours', () => {
    expect(problemOf(new TypeError('secret'))).toEqual({ code: 'internal-error' });
    expect(problemOf(failing(Number.NaN))).toEqual({ code: 'internal-error' });
  });
});

it('a name that only looks like a code is none', () => {
  expect(['__proto__', 'toString', 'constructor', '', 404].filter(isProblemCode)).toEqual([]);
});
