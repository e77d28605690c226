import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';
import { describe, expect, it } from 'vitest';
import { routes } from '../../src/api/routes/routes.ts';
import { apiUnderTest } from '../support/api/api-under-test.ts';

const always = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const asked = [
  ...routes.flatMap(({ method, path }) => {
    const url = path.replace(':id', '091e518e-cffb-86e7-867b-354763635bbd').replace(':file', 'start.js');
    return [
      [`${method} ${path}`, { method, url }],
      [`${method} ${path} without a token`, { method, url, as: null }],
    ] as const;
  }),
  ['an unknown path', { method: 'GET', url: '/v1/nothing' }],
  ['a method that is not there', { method: 'DELETE', url: '/v1/events' }],
  ['a URL that is too long', { method: 'GET', url: `/v1/${'x'.repeat(9_000)}` }],
] as const;

describe('every answer', () => {
  it.each(asked)('may be neither stored, framed, run nor guessed at: %s (S26)', async (_, request) => {
    const answer = await apiUnderTest().call(request);
    // A page has a policy of its own, which its own test holds it to.
    const policy = request.url.startsWith('/docs') && {
      'content-security-policy': expect.stringMatching(/^default-src 'none'/),
    };
    expect(answer.headers).toMatchObject({ ...always, ...policy });
    expect(answer.headers).not.toHaveProperty('server');
    expect(answer.headers).not.toHaveProperty('x-powered-by');
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('that a host is reached by https alone', () => {
  const url = '/healthz';
  const fromProxy = { remoteAddress: '10.0.0.7', headers: { 'x-forwarded-proto': 'https' } };

  it('is said behind a proxy that is trusted and has TLS', async () => {
    const { call } = apiUnderTest({ trustProxy: ['10.0.0.0/8'] });
    const answer = await call({ url, ...fromProxy });
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
  });

  it.each([
    ['a proxy without TLS', { ...fromProxy, headers: { 'x-forwarded-proto': 'http' } }],
    ['a proxy that does not say', { ...fromProxy, headers: {} }],
    ['anyone else who says so', { ...fromProxy, remoteAddress: '203.0.113.9' }],
  ])('is not said to %s', async (_, from) => {
    const { call } = apiUnderTest({ trustProxy: ['10.0.0.0/8'] });
    expect((await call({ url, ...from })).headers).not.toHaveProperty('strict-transport-security');
  });
});

/** Of what helmet sets, what has no meaning for answers that no browser shows. */
const leftOut = [
  'cross-origin-opener-policy',
  'origin-agent-cluster',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-permitted-cross-domain-policies',
  'x-xss-protection',
];

it('the headers are those that helmet sets, without the ones for pages', () => {
  const set: Record<string, unknown> = {};
  const response = {
    setHeader: (name: string, value: unknown) => {
      set[name.toLowerCase()] = value;
    },
    removeHeader: () => {},
  } as unknown as ServerResponse;
  helmet()({} as IncomingMessage, response, () => {});
  const { 'cache-control': _, ...ours } = { ...always, 'strict-transport-security': '' };
  expect(Object.keys(set).sort()).toEqual([...Object.keys(ours), ...leftOut].sort());
});
