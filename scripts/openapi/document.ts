import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import type { Route } from '../../src/api/route.ts';
import { answersOf } from './answers.ts';
import { REST_OF_PATH, requestOf } from './request.ts';

/**
 * What the API takes and answers, as OpenAPI 3.1, from what each route declares about itself. Nothing else goes in, so that
 * what is not declared is not documented.
 */
export const openApiDocument = (routes: readonly Route[]) =>
  createDocument({
    openapi: '3.1.1',
    info: {
      title: 'EventOps',
      version: '1',
      description:
        'Takes events, sees each one through to an end, and can prove afterwards what happened. Errors are problem documents (RFC 9457): programs go by `code`, and a 429 or 503 says with `Retry-After` when to ask again.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'Where this document came from.' }],
    tags: tagsOf(routes),
    paths: pathsOf(routes),
    components: {
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token of the issuer that `OIDC_ISSUER` names, or a development token.',
        },
      },
    },
  });

function pathsOf(routes: readonly Route[]): ZodOpenApiPathsObject {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}').replace('*', `{${REST_OF_PATH}}`);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return paths;
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const { access, description, name, summary } = route;
  return {
    operationId: name,
    tags: [groupOf(route)[0]],
    summary,
    description: `${description}${accessInWords(route)}`,
    security: access === 'public' ? [] : [{ accessToken: [] }],
    ...requestOf(route),
    responses: answersOf(route),
  };
}

function accessInWords({ access }: Route): string {
  if (access === 'public' || access === 'authenticated') return '';
  const { permission, forOwnEvents, and } = access;
  const others = and === undefined ? [] : [and];
  const needed = [permission, ...others.map((other) => other.permission)].map((each) => `\`${each}\``).join(' and ');
  const own = forOwnEvents ?? others.find((other) => other.forOwnEvents !== undefined)?.forOwnEvents;
  const ownOnly =
    own === undefined ? '' : ` With \`${own}\` instead of \`events:read\` it is for the client's own events alone.`;
  return `\n\nPermission: ${needed}.${ownOnly}`;
}

/** Groups of routes, by the first part of the path that is not the version. */
const groups: Readonly<Record<string, readonly [name: string, description: string]>> = {
  events: ['Events', 'Sending events, and their outcomes.'],
  'dead-letters': ['Dead letters', 'Events for which no retry is left.'],
  stats: ['Statistics', 'What happened to events of all clients, in numbers.'],
  audit: ['Audit', 'A tree over all histories, of which it is signed how large it is and what its root is.'],
  me: ['Access', 'Who may do what.'],
};
const others = ['Service', 'Whether the service is there, and what it offers.'] as const;
const groupOf = ({ path }: Route) => groups[path.split('/')[2] ?? ''] ?? others;

const tagsOf = (routes: readonly Route[]) =>
  [...new Set(routes.map(groupOf))].map(([name, description]) => ({ name, description }));
