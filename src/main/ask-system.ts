import { buffer } from 'node:stream/consumers';
import { COMMAND } from '../application/command-name.ts';
import type { Config } from '../config/config.ts';
import { CannotStart, wrongSettings } from './cannot-start.ts';
import { urlOf } from './listening.ts';

const LONGEST_ANSWER_MS = 30_000;

interface Asked {
  readonly path: string;
  /** Then it is a POST. */
  readonly body?: unknown;
  /** Instead of a body: events in JSON, one a line. */
  readonly lines?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface ProblemDocument {
  readonly code?: unknown;
  readonly title?: unknown;
  readonly detail?: unknown;
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
}

/** By the system, with the code of the problem. */
export class Refused extends CannotStart {
  readonly code: unknown;
  readonly status: number;
  /** How long to wait before it is asked again, as it was answered. */
  readonly retryAfterMs: number | null;
  constructor(answer: Pick<Response, 'status' | 'headers'>, document: ProblemDocument | null) {
    super(refusalOf(answer.status, document));
    this.code = document?.code;
    this.status = answer.status;
    const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
    this.retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : null;
  }
}

/** Whether the request did anything is not known. */
export class NoAnswer extends CannotStart {
  /** Nothing listens there, so nothing was asked. */
  get isSurelyUndone(): boolean {
    const { cause } = (this.cause ?? {}) as ErrorOptions;
    return ((cause ?? {}) as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  }
}

/**
 * What a system that runs answers to a command.
 * @throws {NoAnswer} @throws {Refused} says why.
 */
export async function askSystem<Answer>(config: Config, { path, ...sent }: Asked): Promise<Answer> {
  const { url, ...request } = requestTo(config, sent);
  const answer = await fetch(`${url}${path}`, { ...request, signal: AbortSignal.timeout(LONGEST_ANSWER_MS) }).catch(
    (error: unknown) => {
      throw noAnswer(url, error);
    },
  );
  const text = await answer.text().catch((error: unknown) => {
    throw noAnswer(url, error);
  });
  const document = parsed(text);
  if (!answer.ok) throw new Refused(answer, document);
  if (document === null) throw new CannotStart(`${url} answered with something else than JSON: it is not EventOps`);
  return document as Answer;
}

interface Opened {
  /** Where, other than the settings say. */
  readonly at?: string;
  /** How long a silence may last. */
  readonly longestMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that may be long, to be read with {@link bodyOf} while it comes. @throws as {@link askSystem} */
export async function openAnswer(
  config: Config,
  path: string,
  { at, longestMs = LONGEST_ANSWER_MS, headers }: Opened = {},
): Promise<Response> {
  const { url, ...request } = requestTo(config, { headers }, at);
  const begun = new AbortController();
  const timer = setTimeout(() => begun.abort(silence(longestMs)), longestMs);
  const answer = await fetch(`${url}${path}`, { ...request, signal: begun.signal })
    .catch((error: unknown) => {
      throw noAnswer(url, error);
    })
    .finally(() => clearTimeout(timer));
  if (answer.ok) return answer;
  const text = await bytesOf(answer, longestMs).catch(() => Buffer.alloc(0));
  throw new Refused(answer, parsed(text.toString()));
}

/**
 * What comes of an answer, while it comes. However long that takes in all, nothing may be silent for so long in between.
 * @throws {NoAnswer} it was. @throws errors of the connection.
 */
export async function* bodyOf(answer: Response, longestMs = LONGEST_ANSWER_MS): AsyncGenerator<Uint8Array> {
  if (answer.body === null) return;
  const reader = answer.body.getReader();
  try {
    for (;;) {
      const { promise: tooLong, reject } = Promise.withResolvers<never>();
      const timer = setTimeout(() => reject(noAnswer(answer.url, silence(longestMs))), longestMs);
      const { value } = await Promise.race([reader.read(), tooLong]).finally(() => clearTimeout(timer));
      if (value === undefined) return;
      yield value;
    }
  } finally {
    // Ends the connection of an answer that is not read to its end.
    reader.cancel().catch(() => {});
  }
}

/** All of an answer that is not long. @throws as {@link bodyOf} */
export const bytesOf = (answer: Response, longestMs?: number): Promise<Buffer> => buffer(bodyOf(answer, longestMs));

const silence = (longestMs: number) => new Error(`nothing came for ${longestMs / 1_000} s`);

function requestTo(
  { eventOpsUrl, eventOpsToken, host, port }: Config,
  { body, lines, headers }: Omit<Asked, 'path' | 'headers'> & { readonly headers?: Asked['headers'] | undefined },
  at = eventOpsUrl ?? urlOf(host, port),
): RequestInit & { readonly url: string } {
  if (eventOpsToken === null)
    throw wrongSettings([`EVENTOPS_TOKEN: missing; for development, EVENTOPS_TOKEN=$(${COMMAND} token)`]);
  return {
    url: at.replace(/\/$/, ''),
    headers: {
      authorization: `Bearer ${eventOpsToken}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(lines === undefined ? {} : { 'content-type': 'application/x-ndjson' }),
      ...headers,
    },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    ...(lines === undefined ? {} : { method: 'POST', body: lines }),
    // A token goes nowhere else than it was meant for.
    redirect: 'error',
  };
}

function noAnswer(url: string, error: unknown): NoAnswer {
  const { cause, name, message } = error as Error;
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  return new NoAnswer(
    `No answer from ${url} (${code ?? (name === 'TimeoutError' ? name : message)}); check that EventOps runs there, and EVENTOPS_URL`,
    { cause: error },
  );
}

function parsed(text: string): object | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function refusalOf(status: number, document: ProblemDocument | null): string {
  if (document === null || typeof document.title !== 'string') return `Refused with the status ${status}`;
  const detail = typeof document.detail === 'string' ? `. ${document.detail}` : '';
  const errors = (document.errors ?? []).map(({ pointer, message }) => `\n  ${pointer}: ${message}`).join('');
  return `Refused: ${document.title}${detail}${errors}`;
}
