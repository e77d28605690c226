import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './schema.d.ts';

export type Api = Client<paths>;

/** A refusal of the API, as RFC 9457 has it. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  /** Which parts of what was asked for, and why. */
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
}

/** What the API refused, or that it did not answer (status 0). */
export class ApiRefused extends Error {
  override readonly name = 'ApiRefused';
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
}

/** @param onUnauthenticated called when the token is no longer taken. */
export function createApi(token: string, onUnauthenticated: () => void): Api {
  const api = createClient<paths>({ baseUrl: window.location.origin });
  api.use({
    onRequest({ request }) {
      request.headers.set('authorization', `Bearer ${token}`);
      return request;
    },
    onResponse({ response }) {
      if (response.status === 401) onUnauthenticated();
    },
  });
  return api;
}

type Answer<Data> = { readonly data?: Data; readonly error?: unknown; readonly response: Response };

/** What was asked for. @throws {ApiRefused} */
export async function asked<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  let answer: Answer<Data>;
  try {
    answer = await call;
  } catch {
    throw new ApiRefused({
      status: 0,
      code: 'unreachable',
      title: 'EventOps does not answer. It is asked again by itself.',
    });
  }
  if (answer.data !== undefined) return answer.data;
  throw new ApiRefused(problemIn(answer.error, answer.response.status));
}

function problemIn(body: unknown, status: number): Problem {
  const {
    code = 'unknown',
    title = `The answer has status ${status}`,
    detail,
    errors,
  } = (body ?? {}) as Partial<Problem>;
  return {
    status,
    code,
    title,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
  };
}
