import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

const port = (fallback: number) => z.coerce.number('must be a number').int().min(0).max(65_535).default(fallback);
const url = (...protocols: readonly string[]) =>
  z
    .string()
    // Only the beginning: a list of hosts, as in esdb://one:2113,two:2113, is no URL to `URL`, and each adapter checks
    // the rest of its own.
    .refine((text) => protocols.some((protocol) => text.startsWith(`${protocol}://`)), {
      error: `must be a URL beginning with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
    })
    .optional();

const crashAt = z
  .string()
  .regex(/^[^:]+:[1-9]\d{0,8}$/, 'must be a point and a count from 1 on, as in append-EventReceived.after:1')
  .transform((text) => ({ point: text.slice(0, text.indexOf(':')), times: Number(text.slice(text.indexOf(':') + 1)) }))
  .optional();

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Every setting there is. What is absent is embedded. */
const settings = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port(8000),
  METRICS_PORT: port(9464),
  DATA_DIR: z.string().min(1).default('./data'),
  EVENTOPS_CONFIG: z.string().min(1).default('./eventops.config.ts'),
  EVENTSTORE_URL: url('esdb', 'esdb+discover'),
  DATABASE_URL: url('postgres', 'postgresql'),
  AMQP_URL: url('amqp', 'amqps'),
  REPLAY_ROLE: z.enum(['admin', 'operator']).default('admin'),
  OIDC_ISSUER: url('https', 'http'),
  OIDC_AUDIENCE: z.string().min(1).default('eventops'),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  SHUTDOWN_TIMEOUT_MS: z.coerce.number('must be a number').int().min(0).max(600_000).default(10_000),
  NODE_ENV: z.string().optional(),
  EVENTOPS_CRASH_AT: crashAt,
});

export type SettingName = keyof typeof settings.shape;

/** May hold credentials, so each can be handed over as a file: `<NAME>_FILE`. */
const secretSettings: readonly SettingName[] = ['EVENTSTORE_URL', 'DATABASE_URL', 'AMQP_URL'];

/** An environment variable that begins so is meant for us; an unknown one is a typo that must not be silent. */
const ourPrefixes = /^(EVENTOPS_|EVENTSTORE_|DATABASE_|AMQP_|OIDC_|METRICS_|SHUTDOWN_|REPLAY_|DATA_DIR)/;

export interface Config {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly metricsPort: number;
  readonly dataFolder: string;
  readonly handlersFile: string;
  readonly eventStoreUrl: string | null;
  readonly databaseUrl: string | null;
  readonly amqpUrl: string | null;
  /** Who may replay: admins alone, or operators, too. */
  readonly replayRole: 'admin' | 'operator';
  readonly oidcIssuer: string | null;
  readonly oidcAudience: string;
  readonly logLevel: (typeof logLevels)[number];
  readonly shutdownTimeoutMs: number;
  readonly production: boolean;
  /** For tests: the process kills itself the `times`-th time that it comes to a point. */
  readonly crashAt: { readonly point: string; readonly times: number } | null;
}

/** Wrong settings: every problem at once, by the setting's name and never with its value. */
export class SettingsInvalid extends Error {
  override readonly name = 'SettingsInvalid';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`Wrong settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * The settings as one frozen object; the only reader of the environment.
 * @throws {SettingsInvalid}
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = [];
  const given: Record<string, string | undefined> = {};
  for (const name of Object.keys(settings.shape)) if (environment[name] !== '') given[name] = environment[name];
  for (const name of secretSettings) given[name] = withFileTwin(name, given[name], environment, problems);
  const known = new Set([...Object.keys(settings.shape), ...secretSettings.map((name) => `${name}_FILE`)]);
  for (const name of Object.keys(environment))
    if (ourPrefixes.test(name) && !known.has(name)) problems.push(`${name}: no such setting${nearest(name, known)}`);
  if (given['EVENTOPS_CRASH_AT'] !== undefined && given['NODE_ENV'] === 'production')
    problems.push('EVENTOPS_CRASH_AT: for tests only, so refused with NODE_ENV=production');
  const parsed = settings.safeParse(given);
  if (!parsed.success)
    for (const issue of parsed.error.issues) problems.push(`${issue.path.join('.')}: ${issue.message}`);
  if (!parsed.success || problems.length > 0) throw new SettingsInvalid(problems);
  const values = parsed.data;
  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    metricsPort: values.METRICS_PORT,
    dataFolder: resolve(values.DATA_DIR),
    handlersFile: resolve(values.EVENTOPS_CONFIG),
    eventStoreUrl: values.EVENTSTORE_URL ?? null,
    databaseUrl: values.DATABASE_URL ?? null,
    amqpUrl: values.AMQP_URL ?? null,
    replayRole: values.REPLAY_ROLE,
    oidcIssuer: values.OIDC_ISSUER ?? null,
    oidcAudience: values.OIDC_AUDIENCE,
    logLevel: values.LOG_LEVEL,
    shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
    production: values.NODE_ENV === 'production',
    crashAt: values.EVENTOPS_CRASH_AT ?? null,
  });
}

function withFileTwin(
  name: string,
  value: string | undefined,
  environment: NodeJS.ProcessEnv,
  problems: string[],
): string | undefined {
  const file = environment[`${name}_FILE`];
  if (file === undefined || file === '') return value;
  if (value !== undefined) problems.push(`${name}: given twice, also as ${name}_FILE; keep one`);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    problems.push(`${name}_FILE: the file cannot be read`);
    return undefined;
  }
}

/** The known name with the same beginning and about the same length, for a hint. */
function nearest(name: string, known: ReadonlySet<string>): string {
  const shared = (other: string) => [...other].findIndex((letter, index) => letter !== name[index]) >>> 0;
  const best = [...known].sort((one, other) => shared(other) - shared(one))[0];
  return best !== undefined && shared(best) >= 4 ? `; did you mean ${best}?` : '';
}
