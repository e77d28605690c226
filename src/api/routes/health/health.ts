import type { FastifyInstance } from 'fastify';
import type { RouteDependencies } from '../../dependencies.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { askParts, type Readiness, wording } from '../../readiness.ts';

const config = { access: 'public' } as const;

/** Whether the process serves at all. Asks nobody, so that a slow database does not get a sound process killed. */
export function addHealth(server: FastifyInstance): void {
  server.get('/healthz', { config }, (_request, reply) =>
    reply.header('content-type', JSON_CONTENT_TYPE).send('{"status":"ok"}'),
  );
}

/**
 * Whether requests should come here: asks every part, and names those that are not ready. Without some of them requests
 * may come all the same.
 */
export function addReadiness(
  server: FastifyInstance,
  { readinessChecks, clock, limits }: Pick<RouteDependencies, 'readinessChecks' | 'clock' | 'limits'>,
): void {
  const dispensable = new Set(readinessChecks.filter(({ isDispensable }) => isDispensable).map(({ part }) => part));
  let underWay: Promise<Readiness> | null = null;
  server.get('/readyz', { config }, async (_request, reply) => {
    // Shared, because anybody may ask, and as often as he likes.
    underWay ??= askParts(readinessChecks, { clock, patienceMs: limits.readinessMs }).finally(() => {
      underWay = null;
    });
    const parts = await underWay;
    const troubled = Object.entries(parts).filter(([part, trouble]) => trouble !== null && !dispensable.has(part));
    if (troubled.length === 0) return { status: 'ready', parts: wording(parts) };
    const detail = troubled.map(([part, trouble]) => `${part}: ${trouble}`).join('; ');
    return sendProblem(reply, { code: 'not-ready', detail, members: { parts: wording(parts) } });
  });
}
