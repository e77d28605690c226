import { COMMAND } from '../application/command-name.ts';
import type { Config } from '../config/config.ts';
import { CannotStart, wrongSettings } from './cannot-start.ts';
import { urlOf } from './listening.ts';

const LONGEST_ANSWER_MS = 30_000;

interface Asked {
  readonly path: string;
  /** Then it is a POST. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface ProblemDocument {
  readonly title?: unknown;
  readonly detail?: unknown;
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
}

/** Whether the request did anything is not known. */
export class NoAnswer extends CannotStart {}

/**
 * What a system that runs answers to a command.
 * @throws {NoAnswer} @throws {CannotStart} the request was refused; says why.
 */
export async function askSystem<Answer>(config: Config, { path, body, headers }: Asked): Promise<Answer> {
  const { url, ...request } = requestTo(config, { body, headers });
  const answer = await fetch(`${url}${path}`, { ...request, signal: AbortSignal.timeout(LONGEST_ANSWER_MS) }).catch(
    (error: unknown) => {
      throw noAnswer(url, error);
    },
  );
  const text = await answer.text().catch((error: unknown) => {
    throw noAnswer(url, error);
  });
  const document = parsed(text);
  if (!answer.ok) throw new CannotStart(refusalOf(answer.status, document));
  if (document === null) throw new CannotStart(`${url} answered with something else than JSON: it is not EventOps`);
  return document as Answer;
}

/**
 * An answer that may be long, to be read while it comes. @param at where, other than the settings say.
 * @throws as {@link askSystem}
 */
export async function openAnswer(config: Config, path: string, at?: string): Promise<Response> {
  const { url, ...request } = requestTo(config, {}, at);
  const answer = await fetch(`${url}${path}`, request).catch((error: unknown) => {
    throw noAnswer(url, error);
  });
  if (answer.ok) return answer;
  throw new CannotStart(refusalOf(answer.status, parsed(await answer.text().catch(() => ''))));
}

/** What comes of an answer, while it comes. */
export async function* bodyOf(answer: Response): AsyncGenerator<Uint8Array> {
  if (answer.body !== null) yield* answer.body;
}

function requestTo(
  { eventOpsUrl, eventOpsToken, host, port }: Config,
  { body, headers }: { readonly body?: unknown; readonly headers?: Asked['headers'] | undefined },
  at = eventOpsUrl ?? urlOf(host, port),
): RequestInit & { readonly url: string } {
  if (eventOpsToken === null)
    throw wrongSettings([`EVENTOPS_TOKEN: missing; for development, EVENTOPS_TOKEN=$(${COMMAND} token)`]);
  return {
    url: at.replace(/\/$/, ''),
    headers: {
      authorization: `Bearer ${eventOpsToken}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
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
