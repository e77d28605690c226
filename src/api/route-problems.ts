import type { Access } from './permissions.ts';
import type { ProblemCode } from './problem-details.ts';

/** What a server refuses with before it knows which route is meant, or without one. */
export const problemsWithoutRoute = [
  'expectation-refused',
  'headers-too-large',
  'internal-error',
  'malformed-request',
  'method-not-allowed',
  'not-found',
  'request-timeout',
  'shutting-down',
  'too-many-connections',
  'uri-too-long',
] as const satisfies readonly ProblemCode[];

const ofAll = problemsWithoutRoute.filter((code) => code !== 'method-not-allowed' && code !== 'not-found');

const behindAccess = [
  'api-keys-unavailable',
  'issuer-unavailable',
  'overloaded',
  'permission-missing',
  'quota-exceeded',
  'too-many-requests',
  'unauthenticated',
] as const satisfies readonly ProblemCode[];

const withQuery = ['invalid-request'] as const satisfies readonly ProblemCode[];

const withBody = [
  'content-encoding-refused',
  'content-too-large',
  'invalid-request',
  'malformed-json',
  'media-type-refused',
] as const satisfies readonly ProblemCode[];

/** What reading an event's history may end with. */
export const problemsOfReadingTheLog = [
  'history-broken',
  'log-damaged',
  'log-unavailable',
  'undecodable-transition',
] as const satisfies readonly ProblemCode[];

/** And what appending to it may. */
export const problemsOfAppending = [
  ...problemsOfReadingTheLog,
  'append-refused',
  'concurrency-conflict',
] as const satisfies readonly ProblemCode[];

/** Every problem that a route may answer with: its own, and those of all routes of its kind. In alphabetical order. */
export function problemsOf(declared: {
  readonly access: Access;
  readonly query?: unknown;
  readonly body?: unknown;
  readonly problems: readonly ProblemCode[];
}): readonly ProblemCode[] {
  const { access, body, problems, query } = declared;
  const all: readonly ProblemCode[] = [
    ...ofAll,
    ...(access === 'public'
      ? []
      : behindAccess.filter((code) => access !== 'authenticated' || code !== 'permission-missing')),
    ...(query === undefined ? [] : withQuery),
    ...(body === undefined ? [] : withBody),
    ...problems,
  ];
  return [...new Set(all)].sort();
}
