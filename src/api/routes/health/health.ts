import type { FastifyInstance } from 'fastify';
import type { ReadinessCheck, RouteDependencies } from '../../dependencies.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { sendProblem } from '../../plugins/problems.ts';

const config = { access: 'public' } as const;

/** Whether the process serves at all. Asks nobody, so that a slow database does not get a sound process killed. */
export function addHealth(server: FastifyInstance): void {
  server.get('/healthz', { config }, (_request, reply) =>
    reply.header('content-type', JSON_CONTENT_TYPE).send('{"status":"ok"}'),
  );
}

/** Whether requests should come here: asks every part, and names those that are not ready. */
export function addReadiness(server: FastifyInstance, dependencies: RouteDependencies): void {
  let underWay: Promise<Parts> | null = null;
  server.get('/readyz', { config }, async (_request, reply) => {
    // Shared, because anybody may ask, and as often as he likes.
    underWay ??= askAll(dependencies).finally(() => {
      underWay = null;
    });
    const parts = await underWay;
    const troubled = Object.entries(parts).filter(([, trouble]) => trouble !== null);
    if (troubled.length === 0) return { status: 'ready', parts: wording(parts) };
    const detail = troubled.map(([part, trouble]) => `${part}: ${trouble}`).join('; ');
    return sendProblem(reply, { code: 'not-ready', detail, members: { parts: wording(parts) } });
  });
}

type Parts = Readonly<Record<string, string | null>>;

const wording = (parts: Parts) =>
  Object.fromEntries(Object.entries(parts).map(([part, trouble]) => [part, trouble ?? 'ready']));

async function askAll({ readinessChecks, clock, limits }: RouteDependencies): Promise<Parts> {
  const answered = new AbortController();
  const tooLate = clock.sleep(limits.readinessMs, answered.signal).then(() => 'gave no answer in time');
  const ask = async (each: ReadinessCheck): Promise<[string, string | null]> => {
    const trouble = each.check().catch((error: Error) => error.message);
    return [each.part, await Promise.race([trouble, tooLate])];
  };
  const parts = await Promise.all(readinessChecks.map(ask));
  answered.abort();
  return Object.fromEntries(parts);
}
