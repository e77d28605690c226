/**
 * THE LIST: every field that a line of the log may have, beside its time, level and message. Ids, counts, names and reasons of our own:
 * never a payload, a token, a header, a URL or a setting. A field that is not here does not compile, and where a compiler cannot
 * see it, it is left out of the line and named in `leftOut`.
 */
export const logFields = [
  // What it is about.
  'correlationId',
  'requestId',
  'eventId',
  'generation',
  'attempt',
  'type',
  'stream',
  'revision',
  'trace_id',
  'span_id',
  'role',
  // What went wrong, or happened.
  'err',
  'failure',
  'reason',
  'problem',
  'complaint',
  'code',
  'status',
  'how',
  'what',
  'kind',
  'about',
  'occurrences',
  'acceptedLoss',
  // Times and how long.
  'dueAt',
  'nextAttemptAt',
  'leaseExpiresAt',
  'deadlineMs',
  'latenessMs',
  'retryInMs',
  // How many.
  'appends',
  'characters',
  'counts',
  'events',
  'failed',
  'interrupted',
  'items',
  'keys',
  'requests',
  'spans',
  'times',
  // Parts of the system.
  'broker',
  'claimedBy',
  'database',
  'epoch',
  'folder',
  'issuer',
  'keptIn',
  'keysAreKnown',
  'lease',
  'log',
  'messageId',
  'migrations',
  'path',
  'pattern',
  'point',
  'position',
  'projection',
  'purpose',
  'queue',
  'serverVersion',
  'settings',
  'signal',
  'subscriber',
  // A request.
  'address',
  'clientId',
  'hasToken',
  'method',
  'missing',
  'principal',
  'route',
  // What a handler logged or printed: all of it, and nothing of it elsewhere.
  'handler',
] as const;

export type LogField = (typeof logFields)[number];
export type LogFields = { readonly [Field in LogField]?: unknown };
