import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { isPermitted, type Permission } from '../../permissions.ts';
import { principalOf, tokenOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { askParts, codesOf, detailsOf, shareChecks } from '../../readiness.ts';
import { defineRoute } from '../../route.ts';

/** Reasons name paths, addresses and what a database says: they are for those who operate the system. */
const forDetails: Permission = 'system:read';

const ready = z.strictObject({
  status: z.literal('ready'),
  parts: z.record(z.string(), z.enum(['ready', 'not-ready'])),
  details: z.record(z.string(), z.string()).optional().describe(`For the permission ${forDetails} alone.`),
});

/** Asks every part, and names those that are not ready. Without some of them requests may come all the same. */
export const readiness = defineRoute({
  name: 'getReadiness',
  method: 'GET',
  path: '/readyz',
  summary: 'Whether requests should come here',
  description: `For a load balancer: asks every part and names those that are not ready. A token with the permission ${forDetails} gets the reasons as well; one that is refused elsewhere counts as none.`,
  access: 'public',
  answers: {
    200: {
      description: 'They should; parts that requests can do without may be missing.',
      body: { schema: ready, example: { status: 'ready', parts: { log: 'ready', 'read tables': 'ready' } } },
    },
  },
  problems: ['not-ready'],
  handler({ authenticator, clock, limits, readinessChecks }) {
    const dispensable = new Set(readinessChecks.filter(({ isDispensable }) => isDispensable).map(({ part }) => part));
    const { readinessFreshMs: freshMs, readinessMs: patienceMs } = limits;
    const checks = shareChecks(readinessChecks, { clock, freshMs, patienceMs });
    /** A token that is refused elsewhere is no token here: a probe that sends an old one has to go on working. */
    const isOperator = async (request: FastifyRequest) => {
      const token = tokenOf(request);
      const principal = token === null ? null : await principalOf(authenticator, token).catch(() => null);
      return principal !== null && isPermitted(principal, forDetails);
    };
    return async (request, reply) => {
      const found = await askParts(checks);
      const parts = codesOf(found);
      const details = (await isOperator(request)) ? { details: detailsOf(found) } : {};
      const missing = Object.keys(parts).filter((part) => parts[part] !== 'ready' && !dispensable.has(part));
      if (missing.length === 0)
        return reply
          .header('content-type', JSON_CONTENT_TYPE)
          .send(JSON.stringify({ status: 'ready', parts, ...details }));
      const detail = `Not ready: ${missing.join(', ')}.`;
      return sendProblem(reply, { code: 'not-ready', detail, members: { parts, ...details } });
    };
  },
});
