import { setTimeout as pause } from 'node:timers/promises';

/** Of a process that starts again, dozens of clients who ask more often would take the processor. */
const TRY_AGAIN_AFTER_MS = 150;
const ANSWER_WITHIN_MS = 10_000;

/** Where to ask, and as whom. */
export interface Service {
  /** One or more APIs; they may be away. */
  readonly urls: readonly string[];
  readonly token: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Question {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text: then it is a POST. */
  readonly body?: string;
}

/** Done, or certainly not done. The rest says nothing, or to try again. */
export const isCertain = (answer: Answer | null): answer is Answer =>
  answer !== null && answer.status < 500 && answer.status !== 429;

/** One request to one of the APIs; `null` when the answer did not come. */
export async function askOnce({ urls, token }: Service, turn: number, question: Question): Promise<Answer | null> {
  const { path, headers = {}, body } = question;
  try {
    const response = await fetch(`${urls[turn % urls.length]}${path}`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { method: 'POST', body }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return { status: response.status, body: await response.json() };
  } catch {
    return null;
  }
}

/** Asks the same until the answer is certain, each time at another API. @throws when `deadline` passes before that. */
export async function askUntilCertain(service: Service, question: Question, deadline: number): Promise<Answer> {
  for (let turn = 0; performance.now() < deadline; turn++) {
    const answer = await askOnce(service, turn, question);
    if (isCertain(answer)) return answer;
    await pause(TRY_AGAIN_AFTER_MS);
  }
  throw new Error(`No certain answer came for ${question.path} before the deadline`);
}
