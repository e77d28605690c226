import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RouteDependencies } from '../../src/api/dependencies.ts';
import { sendProblem } from '../../src/api/plugins/problems.ts';
import { addRoute, defineRoute } from '../../src/api/route.ts';
import { problemsOf } from '../../src/api/route-problems.ts';
import { routes } from '../../src/api/routes/routes.ts';
import { apiUnderTest } from '../support/api/api-under-test.ts';
import { breachOfDocument, type Exchange } from '../support/api/held-to-document.ts';
import { listening } from '../support/api/listening.ts';

type Handler = ReturnType<Parameters<typeof defineRoute>[0]['handler']>;

/** The API with one more route, which says that it answers with `{ "status": "ok" }`, or that it is not ready. */
function apiWith(handler: Handler) {
  const api = apiUnderTest();
  const route = defineRoute({
    name: 'getExample',
    method: 'GET',
    path: '/example',
    summary: '',
    description: '',
    access: 'public',
    answers: {
      200: {
        description: '',
        headers: { etag: z.string().optional() },
        body: { schema: z.strictObject({ status: z.literal('ok') }), example: { status: 'ok' } },
      },
    },
    problems: ['not-ready'],
    handler: () => handler,
  });
  addRoute(api.server, route, {} as RouteDependencies);
  return api;
}

const declared: readonly (readonly [string, Handler])[] = [
  ['what is declared', (_request, reply) => reply.send({ status: 'ok' })],
  ['a problem that is declared', (_request, reply) => sendProblem(reply, { code: 'not-ready' })],
];

const undeclared: readonly (readonly [string, Handler, string])[] = [
  ['another status', (_request, reply) => reply.code(201).send({ status: 'ok' }), 'the status 201 is not declared'],
  ['one member more', (_request, reply) => reply.send({ status: 'ok', more: 1 }), 'the body of 200 is not as declared'],
  ['another header', (_request, reply) => reply.header('etag', ['']).send({ status: 'ok' }), 'the headers of 200'],
  ['another problem', (_request, reply) => sendProblem(reply, { code: 'event-not-found' }), 'the problem is not'],
];

describe('an answer', () => {
  it.each(declared)('with %s passes', async (_what, handler) => {
    expect((await apiWith(handler).call({ url: '/example' })).statusCode).toBeGreaterThan(0);
  });

  it.each(undeclared)('with %s fails the test that gets it', async (_what, handler, breach) => {
    await expect(apiWith(handler).call({ url: '/example' })).rejects.toThrow(`GET /example: ${breach}`);
  });

  it('that is not declared fails the test at the latest when the server closes', async () => {
    const api = apiWith((_request, reply) => reply.code(201).send());
    const { url } = await listening(api);
    expect((await fetch(`${url}/example`)).status).toBe(201);
    await expect(api.server.close()).rejects.toThrow('the status 201 is not declared');
  });
});

describe('a declaration', () => {
  it.each(routes.map((route) => [route.name, route] as const))(
    'of %s has examples that are as it says',
    (_name, route) => {
      for (const { schema, example } of Object.values(route.body?.content ?? {})) schema.parse(example);
      for (const { body } of Object.values(route.answers)) body?.schema.parse(body.example);
    },
  );

  it('has a name of its own', () => {
    expect(new Set(routes.map(({ name }) => name)).size).toBe(routes.length);
  });

  it('adds to its problems what all routes of its kind may answer with', () => {
    const open = { access: 'public', problems: ['not-ready'] } as const;
    expect(problemsOf(open)).toContain('not-ready');
    expect(problemsOf(open)).not.toContain('unauthenticated');
    expect(problemsOf({ ...open, access: { permission: 'events:read' } })).toContain('permission-missing');
    expect(problemsOf({ ...open, query: z.strictObject({}) })).toContain('invalid-request');
  });
});

describe('an exchange', () => {
  const sound: Exchange = {
    operation: 'getHealth',
    request: { method: 'GET', params: {}, query: {}, headers: {}, body: null },
    answer: {
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8', 'x-request-id': 'x' },
      body: '{"status":"ok"}',
    },
  };
  const answered = (answer: Partial<Exchange['answer']>): Exchange => ({
    ...sound,
    answer: { ...sound.answer, ...answer },
  });
  const listed = (request: Partial<Exchange['request']>): Exchange => ({
    operation: 'listEvents',
    request: { ...sound.request, ...request },
    answer: { ...sound.answer, body: '{"items":[],"nextCursor":null}' },
  });

  it('that is as the document says passes', () => {
    expect(breachOfDocument(sound)).toBeNull();
    expect(breachOfDocument(listed({ query: { limit: '5' } }))).toBeNull();
  });

  it.each([
    ['a status', answered({ status: 202 }), 'no answer 202'],
    ['a header', answered({ headers: { ...sound.answer.headers, 'x-more': '1' } }), 'no header x-more'],
    ['a header less', answered({ headers: { 'content-type': 'application/json' } }), 'x-request-id is missing'],
    ['a media type', answered({ headers: { ...sound.answer.headers, 'content-type': 'text/html' } }), 'type text/html'],
    ['a member', answered({ body: '{"status":"ok","more":1}' }), 'must NOT have additional properties'],
    ['a parameter that was taken', listed({ query: { sort: 'x' } }), 'the query parameter sort was accepted'],
    ['a value that was taken', listed({ query: { limit: 'many' } }), 'whose limit is not as the document says'],
  ])('with %s that the document does not say is noticed', (_what, exchange, breach) => {
    expect(breachOfDocument(exchange)).toContain(breach);
  });
});
