import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RouteDependencies } from '../../dependencies.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { isPermitted, type Permission } from '../../permissions.ts';
import { principalOf, tokenOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { askParts, codesOf, detailsOf, shareChecks } from '../../readiness.ts';

const config = { access: 'public' } as const;

/** Reasons name paths, addresses and what a database says: they are for those who operate the system. */
const forDetails: Permission = 'system:read';

/** Whether the process serves at all. Asks no part, so that a slow database does not get a sound process killed. */
export function addHealth(server: FastifyInstance): void {
  server.get('/healthz', { config }, (_request, reply) =>
    reply.header('content-type', JSON_CONTENT_TYPE).send('{"status":"ok"}'),
  );
}

/**
 * Whether requests should come here: asks every part, and names those that are not ready. Without some of them requests
 * may come all the same. Why a part is not ready is shown to operators.
 */
export function addReadiness(
  server: FastifyInstance,
  {
    authenticator,
    clock,
    limits,
    readinessChecks,
  }: Pick<RouteDependencies, 'authenticator' | 'readinessChecks' | 'clock' | 'limits'>,
): void {
  const dispensable = new Set(readinessChecks.filter(({ isDispensable }) => isDispensable).map(({ part }) => part));
  const { readinessFreshMs: freshMs, readinessMs: patienceMs } = limits;
  const checks = shareChecks(readinessChecks, { clock, freshMs, patienceMs });
  /** A token that is refused elsewhere is no token here: a probe that sends an old one has to go on working. */
  const isOperator = async (request: FastifyRequest) => {
    const token = tokenOf(request);
    const principal = token === null ? null : await principalOf(authenticator, token);
    return principal !== null && isPermitted(principal, forDetails);
  };
  server.get('/readyz', { config }, async (request, reply) => {
    const readiness = await askParts(checks);
    const parts = codesOf(readiness);
    const details = (await isOperator(request)) ? { details: detailsOf(readiness) } : {};
    const missing = Object.keys(parts).filter((part) => parts[part] !== 'ready' && !dispensable.has(part));
    if (missing.length === 0) return { status: 'ready', parts, ...details };
    const detail = `Not ready: ${missing.join(', ')}.`;
    return sendProblem(reply, { code: 'not-ready', detail, members: { parts, ...details } });
  });
}
