import { hash } from 'node:crypto';
import type { Failure } from '../domain/event/transitions.ts';
import { wellFormed } from './well-formed.ts';

const MAX_CLASS_CHARACTERS = 200;
const MAX_MESSAGE_CHARACTERS = 2_000;
const MAX_STACK_CHARACTERS = 4_000;

/** A failure that we state ourselves: nothing was thrown. */
export const failure = (name: string, message: string, retryable: boolean): Failure => ({
  class: name,
  message: wellFormed(message, MAX_MESSAGE_CHARACTERS),
  stack: null,
  fingerprint: fingerprintOf(name, message),
  retryable,
  retryAfterMs: null,
});

/** An event whose type no handler is configured for. */
export const noHandler = (type: string): Failure => failure('NoHandler', `No handler is configured for ${type}`, false);

/** What a handler threw, as it is kept in the history. Anything can be thrown, so nothing about it is believed. */
export function describeFailure(thrown: unknown): Failure {
  try {
    if (!(thrown instanceof Error))
      return failure('NotAnError', `The handler threw ${shown(thrown)}`, mayRetry(thrown));
    const name = wellFormed(classOf(thrown), MAX_CLASS_CHARACTERS);
    return {
      ...failure(name, `${thrown.message}${causeOf(thrown)}`, mayRetry(thrown)),
      retryAfterMs: retryAfterOf(thrown),
      stack: typeof thrown.stack === 'string' ? wellFormed(shortened(thrown.stack), MAX_STACK_CHARACTERS) : null,
    };
  } catch {
    return failure('UnreadableError', 'The handler threw something that throws when it is read', true);
  }
}

const mayRetry = (thrown: unknown) =>
  !(typeof thrown === 'object' && thrown !== null && 'retryable' in thrown && thrown.retryable === false);

/**
 * How long the failing side asked us to wait: `retryAfterMs`, or `retryAfter` in seconds, as a number or as the header
 * Retry-After has it. `null` for anything else.
 */
function retryAfterOf(thrown: object): number | null {
  if ('retryAfterMs' in thrown) return wholeMs(thrown.retryAfterMs);
  if (!('retryAfter' in thrown)) return null;
  const { retryAfter } = thrown;
  const isDigits = typeof retryAfter === 'string' && /^\d{1,9}$/.test(retryAfter);
  return wholeMs(isDigits ? Number(retryAfter) * 1_000 : typeof retryAfter === 'number' ? retryAfter * 1_000 : null);
}

const wholeMs = (ms: unknown): number | null =>
  typeof ms === 'number' && ms >= 0 && ms <= Number.MAX_SAFE_INTEGER ? Math.ceil(ms) : null;

/** Classes that set no `name` of their own are known by their constructor. */
const classOf = (error: Error) => (error.name === 'Error' ? error.constructor.name : error.name);

/** A failed `fetch` says nothing but that; what happened is in its cause. */
function causeOf({ cause }: Error): string {
  if (!(cause instanceof Error)) return '';
  const what = cause.message || ('code' in cause ? String(cause.code) : '');
  return `; caused by ${classOf(cause)}${what === '' ? '' : `: ${what}`}`;
}

const shown = (thrown: unknown) =>
  typeof thrown === 'object' && thrown !== null ? (JSON.stringify(thrown) ?? 'an object') : String(thrown);

/** Where a file lies on this machine does not belong into a history; its last folders are enough. */
const shortened = (stack: string) =>
  stack
    .slice(0, 2 * MAX_STACK_CHARACTERS)
    .replaceAll(/[^\s()]+/g, (word) => (/^(\/|file:\/\/).*:\d+$/.test(word) ? lastFolders(word) : word));

/** Of a package, all from its name on, so that its frames are distinguished from the user's own. */
function lastFolders(path: string): string {
  const [, ofPackage] = /.*\/(node_modules\/.*)/.exec(path) ?? [];
  return `…/${ofPackage ?? path.split('/').filter(Boolean).slice(-3).join('/')}`;
}

/**
 * Equal for failures of one kind: the class and the message without what differs from case to case, that is UUIDs and
 * numbers. Stable over releases: it is in histories. Failure groups have another (src/domain/failure-group/fingerprint.ts).
 */
function fingerprintOf(name: string, message: string): string {
  const kind = message
    .slice(0, MAX_MESSAGE_CHARACTERS)
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<uuid>')
    .replaceAll(/\d+/g, '<number>');
  return hash('sha256', `${name}\n${kind.toWellFormed()}`, 'hex').slice(0, 16);
}
