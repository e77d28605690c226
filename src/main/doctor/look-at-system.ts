import { COMMAND } from '../../application/command-name.ts';
import type { Config } from '../../config/config.ts';
import { askSystem, Refused } from '../ask-system.ts';
import { urlOf } from '../listening.ts';
import { clocksApart, type Finding, ok, skipped, wrong } from './finding.ts';

const LONGEST_MS = 5_000;
/** A date in a header is in whole seconds. */
const RESOLUTION_MS = 1_000;

interface Readiness {
  readonly parts?: Readonly<Record<string, string>>;
  readonly details?: Readonly<Record<string, string>>;
}

interface Me {
  readonly subject: string;
  readonly clientId: string;
  readonly permissions: readonly string[];
}

/** The system that commands reach: whether it runs, what its parts say, its clock, and what the token permits. */
export async function lookAtSystem(config: Config): Promise<readonly Finding[]> {
  const url = config.eventOpsUrl ?? urlOf(config.host, config.port);
  const askedAt = Date.now();
  const answer = await fetch(new URL('/readyz', url), {
    ...(config.eventOpsToken === null ? {} : { headers: { authorization: `Bearer ${config.eventOpsToken}` } }),
    redirect: 'error',
    signal: AbortSignal.timeout(LONGEST_MS),
  }).catch((error: unknown) => error as Error);
  const answeredAt = Date.now();
  if (answer instanceof Error) {
    const { code } = (answer.cause ?? {}) as NodeJS.ErrnoException;
    const advice = `${COMMAND} start, or correct EVENTOPS_URL, or give --profile`;
    return [wrong('system', `no answer from ${url} (${code ?? answer.name})`, advice)];
  }
  const readiness = ((await answer.json().catch(() => null)) ?? {}) as Readiness;
  if (readiness.parts === undefined)
    return [wrong('system', `${url} answers, and is not EventOps`, 'correct EVENTOPS_URL, or give --profile')];
  const date = Date.parse(answer.headers.get('date') ?? '');
  const asked = { askedAt, answeredAt, resolutionMs: RESOLUTION_MS };
  return [
    ok('system', `${url} answers`),
    ...partsOf(readiness),
    Number.isNaN(date)
      ? skipped('clock of the system', 'it does not say its time')
      : clocksApart('clock of the system', date, asked),
    await lookAtToken(config),
  ];
}

const partsOf = ({ parts = {}, details = {} }: Readiness): readonly Finding[] =>
  Object.entries(parts).map(([part, state]) =>
    state === 'ready'
      ? ok(part, 'ready')
      : wrong(
          part,
          details[part] ?? 'not ready; with a token that may system:read the reason stands here',
          'docs/operating.md, When something is wrong',
        ),
  );

async function lookAtToken(config: Config): Promise<Finding> {
  if (config.eventOpsToken === null)
    return skipped('token', `none is given; for development, EVENTOPS_TOKEN=$(${COMMAND} token)`);
  try {
    const { subject, permissions } = await askSystem<Me>(config, { path: '/v1/me' });
    const may = permissions.length === 0 ? 'nothing' : permissions.join(', ');
    return ok('token', `of ${subject}; it permits ${may}`);
  } catch (error) {
    const isRefused = error instanceof Refused && error.status === 401;
    const found = isRefused ? 'it is not taken: expired, revoked, or of another issuer' : (error as Error).message;
    return wrong('token', found, `get another one; for development, EVENTOPS_TOKEN=$(${COMMAND} token)`);
  }
}
