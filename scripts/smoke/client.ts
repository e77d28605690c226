/** What answered is not what the step expects. */
export class Unexpected extends Error {
  override readonly name = 'Unexpected';
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export type Call = (
  method: 'GET' | 'POST',
  path: string,
  expected: readonly number[],
  sent?: { readonly body: unknown; readonly key?: string },
) => Promise<Answer>;

/** Longer than the API lets anything wait. */
const TIMEOUT_MS = 60_000;

/** Calls of an EventOps that runs anywhere. @throws {Unexpected} with what it answered. */
export const callsOf =
  (url: string, token: string): Call =>
  async (method, path, expected, sent) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
        ...(sent?.key === undefined ? {} : { 'idempotency-key': sent.key }),
      },
      ...(sent === undefined ? {} : { body: JSON.stringify(sent.body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: Error) => {
      throw new Unexpected(
        `${method} ${path}: no answer (${(error.cause as Error | undefined)?.message ?? error.message})`,
      );
    });
    const text = await answer.text();
    if (!expected.includes(answer.status))
      throw new Unexpected(
        `${method} ${path}: ${answer.status} instead of ${expected.join(' or ')}: ${text.slice(0, 300)}`,
      );
    return { status: answer.status, body: objectIn(text) };
  };

/** Health answers in words. */
function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
