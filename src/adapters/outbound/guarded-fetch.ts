import { OutboundRefused } from '../../application/failures.ts';
import type { OutboundHttp } from '../../application/ports/outbound-http.ts';

/**
 * The guarded client in the form that libraries take: a `fetch` that sends text and gets text. What it does not know how to
 * send it refuses, so that nothing goes around the guard.
 */
export function guardedFetch(http: Pick<OutboundHttp, 'post'>): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const { method = 'GET', headers, body, signal } = init;
    if (method.toUpperCase() !== 'POST' || typeof body !== 'string')
      throw new OutboundRefused('Only POST with a text is sent to other servers here');
    const answer = await http.post(url, {
      headers: Object.fromEntries(new Headers(headers).entries()),
      body,
      signal: signal ?? undefined,
    });
    // A body is not allowed with these, and `Response` would throw.
    const isEmpty = answer.status === 204 || answer.status === 205 || answer.status === 304;
    return new Response(isEmpty ? null : answer.body, { status: answer.status, headers: answer.headers });
  };
}
