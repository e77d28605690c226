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
  const { eventOpsUrl, eventOpsToken, host, port } = config;
  if (eventOpsToken === null)
    throw wrongSettings([`EVENTOPS_TOKEN: missing; for development, EVENTOPS_TOKEN=$(${COMMAND} token)`]);
  const url = (eventOpsUrl ?? urlOf(host, port)).replace(/\/$/, '');
  const request: RequestInit = {
    headers: {
      authorization: `Bearer ${eventOpsToken}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    // A token goes nowhere else than it was meant for.
    redirect: 'error',
    signal: AbortSignal.timeout(LONGEST_ANSWER_MS),
  };
  const answer = await fetch(`${url}${path}`, request).catch((error: unknown) => {
    throw noAnswer(url, error);
  });
  const text = await answer.text().catch((error: unknown) => {
    throw noAnswer(url, error);
  });
  const document = parsed(text);
  if (!answer.ok) throw new CannotStart(refusalOf(answer.status, document));
  if (document === null) throw new CannotStart(`${url} answered with something else than JSON: it is not EventOps`);
  return document as Answer;
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
