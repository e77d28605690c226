import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AccessCounts } from '../../application/count-accesses.ts';
import type { Access } from '../../application/ports/access-counts.ts';
import type { Principal } from '../../application/ports/authenticator.ts';
import type { RepeatingReport } from '../../application/repeating-report.ts';
import { addressOf } from '../addresses.ts';
import { routeOf } from './problems.ts';

declare module 'fastify' {
  interface FastifyInstance {
    accessCounts: Pick<AccessCounts, 'count'>;
    /** For log lines about refused requests; apart from all others, so that a flood of them hides nothing else. */
    refusedReport: RepeatingReport;
  }
}

interface Counting {
  readonly accessCounts: Pick<AccessCounts, 'count'>;
  readonly refusedReport: RepeatingReport;
}

export function addAccessCounts(server: FastifyInstance, { accessCounts, refusedReport }: Counting): void {
  server.decorate('accessCounts', accessCounts).decorate('refusedReport', refusedReport);
}

const accessOf = (request: FastifyRequest, principal: Principal | null) => ({
  route: `${request.method} ${routeOf(request) ?? ''}`,
  principal: principal?.subject ?? null,
  clientId: principal?.clientId ?? null,
  address: addressOf(request),
  requestId: request.id,
});

/**
 * A request that is answered with 401 or 403: counted, and one line when it begins and one a minute while it goes on, of each
 * address or principal.
 */
export function countRefused(
  request: FastifyRequest,
  principal: Principal | null,
  { code, ...others }: { readonly code: NonNullable<Access['code']>; readonly [field: string]: unknown },
): void {
  const access = accessOf(request, principal);
  request.server.accessCounts.count({ ...access, act: 'AccessRefused', code, payloads: 0 });
  request.server.refusedReport.occurred({
    about: 'access',
    kind: JSON.stringify([code, access.principal, access.clientId, access.address]),
    level: 'warn',
    fields: { ...access, code, ...others },
    message: 'a request was refused access',
  });
}

/** An export of the log was begun. What it shows of payloads is counted by {@link countPayloadsRead}. */
export function countExported(request: FastifyRequest): void {
  const access = accessOf(request, request.principal);
  request.server.accessCounts.count({ ...access, act: 'LogExported', code: null, payloads: 0 });
}

/** An answer that shows so many payloads, to a principal who may see them. */
export function countPayloadsRead(request: FastifyRequest, payloads: number): void {
  if (!request.seesPayloads || payloads === 0) return;
  const access = accessOf(request, request.principal);
  request.server.accessCounts.count({ ...access, act: 'PayloadsRead', code: null, payloads });
}
