import type { FastifyInstance } from 'fastify';
import { sendProblem } from './problems.ts';

/**
 * 404 for a path that is no resource, 405 with `Allow` for a method that the resource does not have; both before the
 * body is read, because it is of no use.
 */
export function addMissingRoutes(server: FastifyInstance): void {
  const resources = new Map<string, { readonly path: RegExp; readonly methods: Set<string> }>();
  server.addHook('onRoute', ({ url, method }) => {
    const path = new RegExp(
      `^${url
        .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
        .replaceAll(/:\w+/g, '[^/]+')
        .replace(/\\\*$/, '.+')}$`,
    );
    const { methods } = resources.get(url) ?? { methods: new Set() };
    for (const each of [method].flat()) methods.add(each);
    resources.set(url, { path, methods });
  });
  server.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done();
    const path = request.url.split('?', 1)[0] ?? '';
    const resource = [...resources.values()].find((each) => each.path.test(path));
    if (resource === undefined) {
      sendProblem(reply, { code: 'not-found' });
      return;
    }
    const allowed = [...resource.methods].sort().join(', ');
    sendProblem(reply.header('allow', allowed), {
      code: 'method-not-allowed',
      detail: `Allowed here: ${allowed}.`,
    });
  });
}
