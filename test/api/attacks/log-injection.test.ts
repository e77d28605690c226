import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/adapters/telemetry/logger.ts';
import { ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import { apiUnderTest } from '../../support/api/api-under-test.ts';
import { requestTo, servedRoutes } from '../../support/api/served-routes.ts';

const forged = '{"level":30,"msg":"all is well"}';
const texts = [
  `a\r\n${forged}`,
  `a\n${forged}\n`,
  '\u001b[2J\u001b[1;1H',
  'a\u2028b\u2029c',
  '\u0007\b\u007f',
  '\u009b31m',
];

/** The API with the logger that it has in production, and what was written. */
function logged(given: Parameters<typeof apiUnderTest>[0] = {}) {
  const written: string[] = [];
  const logger = createLogger({
    level: 'trace',
    destination: { write: (text: string) => void written.push(text) },
  });
  // Who is refused again and again is made to wait, which a clock that stands still never ends.
  const limits = { refusalsWithoutDelay: 1_000_000 };
  return { ...apiUnderTest({ ...given, limits, logger }), written };
}

/** Each line is one of ours, and no character in it moves a terminal's cursor. */
function holdLines(written: readonly string[]): number {
  const lines = written.join('').split('\n').slice(0, -1);
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number), time: expect.any(String) });
    expect(line).not.toBe(forged);
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u);
  }
  return lines.length;
}

describe('text of a client', () => {
  it('in a URL makes no line of its own in the log, nor a control character in one', async () => {
    const { server, call, written } = logged();
    for (const route of servedRoutes(server))
      for (const text of texts) {
        const { url, ...request } = requestTo(route);
        await call({ ...request, url: `${url}?q=${encodeURIComponent(text)}`, as: null });
        await call({ ...request, url: `${url}/${encodeURIComponent(text)}` });
      }
    expect(holdLines(written)).toBeGreaterThan(0);
  });

  it('in headers makes none', async () => {
    const { server, call, written } = logged();
    for (const route of servedRoutes(server))
      for (const text of texts) {
        const headers = { 'user-agent': text, 'x-request-id': text, traceparent: text, 'x-forwarded-for': text };
        const request = requestTo(route);
        await call({ ...request, as: `x${text}`, headers: { ...request.headers, ...headers } });
      }
    expect(holdLines(written)).toBeGreaterThan(0);
  });

  it('in a token makes none: of who is refused, or whose request fails', async () => {
    for (const text of texts) {
      const principal = { clientId: `client ${text}`, subject: text, roles: [text], scopes: [text], tokenId: text };
      const { server, call, written } = logged({ authenticator: { authenticate: async () => principal } });
      for (const route of servedRoutes(server)) await call(requestTo(route));
      expect(holdLines(written)).toBeGreaterThan(0);
    }
  });

  it('in what a part says of its failure makes none', async () => {
    for (const text of texts) {
      const { call, written } = logged({
        readDatabase: () => {
          throw new ReadDatabaseUnavailable(`the server said: ${text}`);
        },
      });
      expect((await call({ url: '/v1/events' })).statusCode).toBe(503);
      expect(holdLines(written)).toBeGreaterThan(0);
    }
  });
});
