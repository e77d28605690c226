import type { InjectOptions } from 'fastify';
import { z } from 'zod';
import type { Route } from '../../../src/api/route.ts';
import { routes } from '../../../src/api/routes/routes.ts';
import { type ApiUnderTest, openApi } from './api-under-test.ts';

type Server = Pick<ApiUnderTest['server'], 'printRoutes'>;

/** Of a server that is made for it. */
export function allServedRoutes(): readonly Route[] {
  const { server } = openApi();
  const served = servedRoutes(server);
  void server.close();
  return served;
}

/**
 * Every route of a server as its own table has it, with what it declares, so that a route that is added is attacked from
 * then on.
 */
export function servedRoutes(server: Server): readonly Route[] {
  const served = printed(server).map(([method, path]) => {
    const declared = routes.find((route) => route.method === method && isPrinted(route, path));
    if (declared === undefined) throw new Error(`${method} ${path} is served, and is not in the list of routes`);
    return declared;
  });
  if (served.length !== routes.length) throw new Error(`${routes.length} routes are declared, ${served.length} served`);
  return served;
}

/** Fastify prints of a path that ends in a wildcard nothing else. */
const isPrinted = ({ path }: Route, as: string) => path === as || (/^\/?\*$/.test(as) && path.endsWith('/*'));

/** `GET` has a `HEAD` beside it that Fastify adds. */
function printed(server: Server): readonly (readonly [method: string, path: string])[] {
  const names: string[] = [];
  const found: (readonly [string, string])[] = [];
  for (const line of server.printRoutes({ commonPrefix: false, includeHooks: false }).split('\n')) {
    const [, indent = '', name = '', methods = ''] = /^([│ ]*)[├└]── (\S*)(?: \((.*)\))?/u.exec(line) ?? [];
    names.length = indent.length / 4;
    names.push(name);
    const path = names.join('');
    for (const method of methods.split(', ')) if (method !== '' && method !== 'HEAD') found.push([method, path]);
  }
  return found;
}

export const isGuarded = ({ access }: Route) => access !== 'public';

export const unknownId = '091e518e-cffb-86e7-867b-354763635bbd';

/** A request as the route's own examples have it, for something that does not exist. */
export function requestTo({
  method,
  path,
  params = {},
  query,
  body,
}: Route): InjectOptions & { readonly method: Route['method']; readonly url: string } {
  const rest = z.globalRegistry.get(params['*'] ?? z.never())?.['example'];
  const filled = path.replace('*', String(rest)).replaceAll(/:(\w+)/g, (_all, name: string) => {
    const schema = params[name];
    return schema instanceof z.ZodEnum ? String(schema.options[0]) : unknownId;
  });
  const required = Object.entries(query?.shape ?? {}).filter(([, schema]) => !schema.isOptional());
  const asked = new URLSearchParams(
    required.map(([name, schema]): [string, string] => [name, String(z.globalRegistry.get(schema)?.['example'])]),
  );
  const url = required.length === 0 ? filled : `${filled}?${asked.toString()}`;
  const [content] = Object.entries(body?.content ?? {});
  if (content === undefined) return { method, url };
  const [type, { example }] = content;
  return { method, url, headers: { 'content-type': type }, payload: textOf(example) };
}

/** An example of a body as it is sent: JSON, unless it is a text already. */
export const textOf = (example: unknown): string => (typeof example === 'string' ? example : JSON.stringify(example));
