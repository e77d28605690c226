import type * as failures from '../application/failures.ts';
import type { ApiKeyRejection } from '../domain/api-key/rejections.ts';
import type { Rejection as EventRejection } from '../domain/event/rejections.ts';
import type { EventTypeRejection } from '../domain/event-type/rejections.ts';
import type { FailureGroupRejection } from '../domain/failure-group/rejections.ts';
import type { RebuildRejection } from '../domain/rebuild/rejections.ts';
import type { RebuildStep } from '../domain/rebuild/state.ts';
import type { ReplayPlanRejection } from '../domain/replay-plan/rejections.ts';
import type { PlanStep } from '../domain/replay-plan/state.ts';
import type { RowRepairRejection } from '../domain/row-repair/rejections.ts';

/** The code of every failure class there is: a new one does not compile until it has a line below. */
type FailureCode = {
  [Name in keyof typeof failures]: (typeof failures)[Name] extends new (
    ...given: never[]
  ) => { readonly code: infer Code extends string }
    ? Code
    : never;
}[keyof typeof failures];

type Rejection =
  | EventRejection
  | ApiKeyRejection
  | RebuildRejection
  | FailureGroupRejection
  | ReplayPlanRejection
  | RowRepairRejection
  | EventTypeRejection;

type RefusalCode =
  | 'batch-too-large'
  | 'checkpoint-not-signed'
  | 'content-encoding-refused'
  | 'content-too-large'
  | 'cursor-refused'
  | 'expectation-refused'
  | 'explanation-not-found'
  | 'explanations-off'
  | 'failure-group-not-found'
  | 'headers-too-large'
  | 'internal-error'
  | 'invalid-request'
  | 'live-stream-place-refused'
  | 'malformed-json'
  | 'malformed-request'
  | 'media-type-refused'
  | 'method-not-allowed'
  | 'not-found'
  | 'point-not-found'
  | 'not-ready'
  | 'overloaded'
  | 'payload-field-not-indexed'
  | 'permission-missing'
  | 'projection-not-found'
  | 'quota-exceeded'
  | 'receipt-not-ready'
  | 'request-timeout'
  | 'row-ahead-of-history'
  | 'shutting-down'
  | 'source-not-permitted'
  | 'tile-not-found'
  | 'too-many-api-keys'
  | 'too-many-connections'
  | 'too-many-live-streams'
  | 'too-many-requests'
  | 'too-many-waiters'
  | 'type-not-found'
  | 'unauthenticated'
  | 'uri-too-long';

export type ProblemCode = Rejection['code'] | FailureCode | RefusalCode;

/** What is wrong with one part of a request. */
export interface FieldError {
  /** RFC 6901, into the body as it was sent; `/query/…` and `/headers/…` for what is not in the body. */
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

/** Why a request is refused, before it is put into HTTP's words. Never holds values of the request. */
export interface Problem {
  readonly code: ProblemCode;
  /** What happened, to what, and what to do next. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Further members of the document. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** When to ask again; of a 429 or 503 a second unless it is known better. */
  readonly retryAfterSeconds?: number;
}

export const success = { ok: 200, created: 201, accepted: 202, notModified: 304 } as const;

const RETRY_AFTER_SECONDS = 1;

const table: Readonly<Record<ProblemCode, readonly [status: number, title: string]>> = {
  'act-not-found': [404, 'There is no such act to take back'],
  'api-key-not-found': [404, 'There is no such API key'],
  'api-key-revoked': [409, 'The API key was revoked before'],
  'api-keys-unavailable': [503, 'The API keys are not known yet'],
  'append-refused': [500, 'The log refused the event'],
  'audit-tree-unavailable': [503, 'The audit tree is not available'],
  'batch-too-large': [413, 'The batch holds too many events'],
  'checkpoint-refused': [503, 'The log is not the one that is expected'],
  'checkpoint-not-signed': [404, 'No checkpoint has been signed'],
  'command-bus-unavailable': [503, 'The command bus is not available'],
  'concurrency-conflict': [503, 'The event was changed by others at the same time'],
  'content-encoding-refused': [415, 'Encoded content is not taken'],
  'content-too-large': [413, 'The content is too large'],
  'cursor-refused': [400, 'The cursor does not belong to this list'],
  'event-changed': [409, 'The event has changed since'],
  'event-discarded': [409, 'The event was discarded'],
  'event-not-dead': [409, 'The event is not a dead letter'],
  'point-not-found': [404, 'The history has no such point'],
  'event-not-found': [404, 'There is no such event'],
  'event-still-processing': [409, 'The event is still being processed'],
  'expectation-refused': [417, 'The expectation cannot be met'],
  'explanation-not-found': [404, 'There is no explanation'],
  'explanations-off': [409, 'Failures are not explained here'],
  'expiry-not-in-future': [400, 'The expiry is not in the future'],
  'failure-group-merged': [409, 'The failure group is merged into another one'],
  'failure-group-not-found': [404, 'There is no such failure group'],
  'failure-group-split-before': [409, 'Such failures are a group of their own already'],
  'headers-too-large': [431, 'The headers are too large'],
  'history-broken': [409, 'The stored history is not what was written'],
  'idempotency-key-reused': [422, 'The idempotency key belongs to another request'],
  'internal-error': [500, 'Something went wrong on our side'],
  'invalid-request': [400, 'The request is not valid'],
  'issuer-unavailable': [503, 'The issuer of tokens is not available'],
  'lease-not-expired': [409, 'The lease has not expired'],
  'live-stream-place-refused': [400, 'The place is not one of this log'],
  'log-damaged': [500, 'The log is damaged; an operator has to restore it'],
  'log-unavailable': [503, 'The log is not available'],
  'malformed-json': [400, 'The body is not JSON'],
  'malformed-request': [400, 'The request cannot be read'],
  'media-type-refused': [415, 'The content type is not taken'],
  'merge-leads-back': [409, 'The merge would lead back to the group itself'],
  'method-not-allowed': [405, 'The method is not allowed here'],
  'not-found': [404, 'There is no such resource'],
  'nothing-to-roll-back-to': [409, 'The rows of before are not kept'],
  'not-ready': [503, 'Not ready'],
  overloaded: [503, 'Too much is under way'],
  'payload-field-not-indexed': [400, 'A field of payloads has no index'],
  'permission-missing': [403, 'A permission is missing'],
  'projection-not-found': [404, 'There is no such read model'],
  'quota-exceeded': [429, 'Too many requests came in a minute'],
  'permission-not-grantable': [403, 'The permission cannot be given to a key'],
  'rebuild-differs': [409, 'The new rows differ from those that are read'],
  'rebuild-not-found': [404, 'There is no such rebuild, or another came after it'],
  'rebuild-step-refused': [409, 'The rebuild is at another step'],
  'rebuild-under-way': [409, 'Another rebuild of the read model is not over'],
  'read-database-refused': [500, 'The read tables do not take the values'],
  'read-database-unfit': [503, 'The read tables cannot be kept in this database'],
  'read-database-unavailable': [503, 'The read tables are not available'],
  'receipt-not-ready': [409, 'The event is under no checkpoint yet'],
  'replay-not-allowed': [409, 'Events of this type are not replayed'],
  'replay-plan-empty': [409, 'The plan would have no events'],
  'replay-plan-not-found': [404, 'There is no such replay plan'],
  'replay-plan-overlaps': [409, 'Another plan under way has some of the events'],
  'replay-plan-set-gone': [409, 'No event of the plan is what it was'],
  'replay-plan-step-refused': [409, 'The plan is in another state'],
  'replay-plan-too-large': [409, 'The plan would have too many events'],
  'request-timeout': [408, 'The request took too long to arrive'],
  'retry-not-due': [409, 'The retry is not due'],
  'row-ahead-of-history': [409, 'A row of the event is ahead of its history'],
  'row-repair-not-found': [409, 'The repair is not under way'],
  'shutting-down': [503, 'The server is shutting down'],
  'source-not-permitted': [403, 'The API key is for other sources'],
  'stale-attempt': [409, 'The attempt is not the present one'],
  'tile-not-found': [404, 'The audit tree has no such tile'],
  'too-many-api-keys': [409, 'Too many API keys are live'],
  'too-many-connections': [503, 'Too many connections are open'],
  'too-many-live-streams': [503, 'Too many live streams are open'],
  'too-many-requests': [429, 'The client has too much under way'],
  'too-many-waiters': [503, 'Too many requests are waiting'],
  'type-not-found': [404, 'No handler is configured for such a type'],
  'type-not-paused': [409, 'The type is not paused'],
  'type-paused': [409, 'The type is paused already'],
  unauthenticated: [401, 'A valid token is required'],
  'undecodable-transition': [500, 'A stored transition cannot be read'],
  'uri-too-long': [414, 'The URL is too long'],
};

const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

export const isProblemCode = (code: unknown): code is ProblemCode =>
  typeof code === 'string' && Object.hasOwn(table, code);

export const statusOf = ({ code }: Problem): number => table[code][0];

/** RFC 9457. `errors` as its section 3.1 shows by example; `code` is what programs go by. */
export function problemDocument({ code, detail, errors, members }: Problem): string {
  const [status, title] = table[code];
  return JSON.stringify({
    type: `urn:eventops:problem:${code}`,
    title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
    ...members,
  });
}

/** The headers that belong to a problem wherever it is sent from, also where no hook of Fastify's ran. */
export function problemHeaders(problem: Problem): Record<string, string> {
  const status = statusOf(problem);
  return {
    'content-type': PROBLEM_CONTENT_TYPE,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 401 ? { 'www-authenticate': 'Bearer realm="eventops"' } : {}),
    ...(status === 503 || status === 429 || problem.retryAfterSeconds !== undefined
      ? { 'retry-after': String(problem.retryAfterSeconds ?? RETRY_AFTER_SECONDS) }
      : {}),
  };
}

export function problemOfRejection(rejection: Rejection): Problem {
  const { code } = rejection;
  switch (code) {
    case 'idempotency-key-reused':
      return { code, detail: 'One key stands for one request, permanently. Send the new request under a new key.' };
    case 'replay-not-allowed':
      return {
        code,
        detail: `The handler of ${rejection.type} says replay: 'never'. A dead letter can still be discarded.`,
      };
    case 'too-many-api-keys':
      return { code, detail: 'Revoke those that are not needed.' };
    case 'permission-not-grantable':
      return {
        code,
        detail: `A key is given only what its creator may do, and ${rejection.permission} is not among it.`,
        members: { permission: rejection.permission },
      };
    case 'rebuild-under-way': {
      const { id, step, requestedBy, requestedAt } = rejection;
      const detail = `${requestedBy} asked for it at ${requestedAt}; it is at the step ${step}. ${waysOn[step]}`;
      return { code, detail, members: { rebuild: { id, step, requestedBy, requestedAt } } };
    }
    case 'rebuild-step-refused':
    case 'nothing-to-roll-back-to': {
      const { step } = rejection;
      return { code, detail: `It is at the step ${step}. ${waysOn[step]}`, members: { step } };
    }
    case 'rebuild-differs': {
      const { rows, rowsThatDiffer } = rejection;
      const detail = `${rowsThatDiffer} of ${rows} rows differ; the report of the rebuild says which. Cancel, compare again, or promote with acceptDifferences and the reason.`;
      return { code, detail, members: { rows, rowsThatDiffer } };
    }
    case 'replay-plan-empty': {
      const { blocked, missing } = rejection;
      return { code, detail: whyEmpty(blocked, missing), members: { blocked, missing } };
    }
    case 'replay-plan-too-large': {
      const { mostEvents } = rejection;
      const detail = `More than ${mostEvents} dead letters match, which is the most that PLAN_MAX_EVENTS allows. Narrow the filter, by time for instance.`;
      return { code, detail, members: { mostEvents } };
    }
    case 'replay-plan-step-refused': {
      const { step } = rejection;
      return { code, detail: `It is ${step}. ${waysOnOfPlan[step]}`, members: { state: step } };
    }
    case 'replay-plan-set-gone': {
      const { size } = rejection;
      const detail = `0 of ${size} are left: they were replayed or discarded since the set was frozen. Make another plan.`;
      return { code, detail, members: { left: 0, size } };
    }
    case 'replay-plan-overlaps': {
      const { planId, events } = rejection;
      const detail = `The plan ${planId} has ${events} of them. Wait until it is completed, or abort it.`;
      return { code, detail, members: { planId, events } };
    }
    case 'api-key-revoked':
      return { code, detail: `By someone else, or for another reason, at ${rejection.revokedAt}.` };
    case 'type-paused': {
      const { since, by, reason } = rejection.pause;
      const detail = `${by} paused it at ${since}: ${reason}. Resume it, or leave it as it is.`;
      return { code, detail, members: { pause: rejection.pause } };
    }
    case 'failure-group-merged':
      return { code, detail: 'Act on that one, or take the merge back.', members: { into: rejection.into } };
    default:
      return { code, ...('status' in rejection ? { detail: `It is ${rejection.status} now.` } : {}) };
  }
}

function whyEmpty(blocked: Extract<ReplayPlanRejection, { code: 'replay-plan-empty' }>['blocked'], missing: number) {
  const types = blocked.map(({ type, why, events }) => `${events} of ${type}, whose handler says replay: '${why}'`);
  if (types.length > 0) return `Left out are ${types.join('; ')}. Types with 'manual' take ids instead of a filter.`;
  return missing > 0 ? 'None of the ids is a dead letter.' : 'No dead letter matches.';
}

/** What can be asked for in each state of a plan. */
const waysOnOfPlan: Readonly<Record<PlanStep, string>> = {
  freezing: 'Its set was not frozen to the end; abort it, and make another plan.',
  frozen: 'Start or abort it.',
  running: 'Pause or abort it.',
  paused: 'Resume or abort it.',
  stopped: 'Look at what failed, then resume or abort it.',
  aborted: 'Make another plan.',
  completed: 'Make another plan.',
};

/** What can be asked for at each step of a rebuild. */
const waysOn: Readonly<Record<RebuildStep, string>> = {
  filling: 'Wait until it has been compared, or cancel it.',
  comparing: 'Wait until it has been compared, or cancel it.',
  compared: 'Promote it, compare again, or cancel it.',
  promoting: 'Wait until it is promoted.',
  promoted: 'Drop the rows of before, or roll back.',
  'rolling-back': 'Wait until it is rolled back.',
  dropping: 'Wait until its copy is deleted.',
  dropped: 'Request another one.',
};

/** The problem for a status that Fastify or Node chose by itself. */
export function problemOfStatus(status: number | undefined): Problem {
  const code = statusCodes.get(status ?? 500);
  if (code !== undefined) return { code };
  return { code: status !== undefined && status >= 400 && status < 500 ? 'malformed-request' : 'internal-error' };
}

const statusCodes = new Map<number, ProblemCode>([
  [404, 'not-found'],
  [405, 'method-not-allowed'],
  [408, 'request-timeout'],
  [413, 'content-too-large'],
  [414, 'uri-too-long'],
  [415, 'media-type-refused'],
  [417, 'expectation-refused'],
  [431, 'headers-too-large'],
]);
