import { resolve } from 'node:path';
import { z } from 'zod';
import { readTexts } from './read-texts.ts';
import {
  bucketName,
  choice,
  host,
  keyName,
  networks,
  origins,
  path,
  payloadFields,
  port,
  text,
  traceUrl,
  truth,
  url,
  wholeNumber,
  witnesses,
} from './setting-types.ts';
import { otelWithoutEffect, type Tracing, tracingOf, tracingSettings } from './tracing-settings.ts';
import { unknownSettings } from './unknown-settings.ts';

const crashAt = z
  .string()
  .regex(/^[^:]+:[1-9]\d{0,8}$/, 'must be a point and a count from 1 on, as in append-EventReceived.after:1')
  .transform((at) => ({ point: at.slice(0, at.indexOf(':')), times: Number(at.slice(at.indexOf(':') + 1)) }))
  .optional();

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Which failures are explained: dead letters, failed attempts already, or none. */
export const explainModes = ['dead', 'failed', 'off'] as const;

export const handlerIsolations = ['process', 'thread', 'none'] as const;

/** Every setting there is. What is absent is embedded. */
const settings = z.object({
  HOST: host('127.0.0.1'),
  PORT: port(8000),
  METRICS_HOST: host('127.0.0.1'),
  METRICS_PORT: port(9464),
  DATA_DIR: path('./data'),
  EVENTOPS_CONFIG: path('./eventops.config.ts'),
  EVENTSTORE_URL: url('esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover'),
  DATABASE_URL: url('postgres', 'postgresql'),
  AMQP_URL: url('amqp', 'amqps'),
  REPLAY_ROLE: choice(['admin', 'operator']).default('admin'),
  OIDC_ISSUER: url('https', 'http'),
  OIDC_AUDIENCE: text('eventops'),
  OIDC_ROLES_CLAIM: text('roles'),
  OIDC_CLIENT_CLAIM: z.string().optional(),
  CORS_ORIGINS: origins(),
  TRUST_PROXY: networks(),
  RATE_LIMIT_PER_MINUTE: wholeNumber(0, 1_000_000_000, 0),
  RATE_LIMIT_ACTS_PER_MINUTE: wholeNumber(0, 1_000_000_000, 120),
  EVENTOPS_URL: url('http', 'https'),
  EVENTOPS_TOKEN: z.string().optional(),
  ACCESS_COUNTS_DAYS: wholeNumber(1, 3_650, 90),
  PAYLOAD_FIELDS: payloadFields(),
  PLAN_MAX_EVENTS: wholeNumber(1, 1_000_000, 100_000),
  AUDIT_ORIGIN: keyName('localhost/audit'),
  AUDIT_KEY_FILE: path('').optional(),
  AUDIT_CHECKPOINT_SECONDS: wholeNumber(1, 86_400, 10),
  AUDIT_WITNESSES: witnesses(),
  AUDIT_BUCKET: bucketName(),
  AUDIT_BUCKET_URL: url('https', 'http'),
  EXPLAIN: choice(explainModes).default('dead'),
  EXPLAIN_DAILY_CALLS: wholeNumber(0, 1_000_000, 200),
  EXPLAIN_TIMEOUT_MS: wholeNumber(100, 600_000, 10_000),
  EXPLAIN_PAYLOAD: truth(false),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: url('https', 'http'),
  OPENAI_MODEL: text('gpt-4o-mini'),
  OPENAI_EMBEDDING_MODEL: z.string().optional(),
  GEMINI_API_KEY: z.string().optional(),
  GEMINI_BASE_URL: url('https', 'http'),
  GEMINI_MODEL: text('gemini-2.0-flash'),
  CONSOLE: truth(true),
  CONSOLE_CLIENT_ID: text('eventops-console'),
  TRACE_URL: traceUrl(),
  LOG_LEVEL: choice(logLevels).default('info'),
  SHUTDOWN_TIMEOUT_MS: wholeNumber(0, 600_000, 10_000),
  HANDLER_ISOLATION: choice(handlerIsolations).default('process'),
  HANDLER_MEMORY_MIB: wholeNumber(32, 65_536, 256),
  ...tracingSettings,
  // What is not exactly production would leave development tokens on, so there is nothing that is nearly production.
  NODE_ENV: choice(['development', 'test', 'production']).optional(),
  EVENTOPS_CRASH_AT: crashAt,
});

export const settingNames = Object.keys(settings.shape);

/** May hold credentials, so each can be handed over as a file: `<NAME>_FILE`. */
export const secretSettingNames = [
  'EVENTSTORE_URL',
  'DATABASE_URL',
  'AMQP_URL',
  'EVENTOPS_TOKEN',
  'OPENAI_API_KEY',
  'GEMINI_API_KEY',
  'OTEL_EXPORTER_OTLP_HEADERS',
] satisfies readonly SettingName[];

type SettingName = keyof typeof settings.shape;

/** How a model is asked. */
export interface ModelSettings {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly model: string;
}

export interface Config {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly metricsHost: string;
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
  /** Where the issuer puts roles, a path of names with dots. */
  readonly oidcRolesClaim: string;
  /** The same for the client's id; `null` for the usual claims. */
  readonly oidcClientClaim: string | null;
  /** Whose pages may use the API. */
  readonly corsOrigins: readonly string[];
  /** Addresses and networks of proxies. */
  readonly trustProxy: readonly string[];
  /** Requests of one principal; 0 for any number. */
  readonly rateLimitPerMinute: number;
  /** The same for acts. */
  readonly rateLimitActsPerMinute: number;
  /** Where commands reach a system that runs; `null` for the one that these settings describe. */
  readonly eventOpsUrl: string | null;
  /** What commands are let in with there: a token. */
  readonly eventOpsToken: string | null;
  /** How long counts of refused requests and of reading are kept. */
  readonly accessCountsDays: number;
  /** Fields of payloads by which events can be found. */
  readonly payloadFields: readonly string[];
  /** Most members of one replay plan. */
  readonly planMaxEvents: number;
  /** The name of the log in its checkpoints. */
  readonly auditOrigin: string;
  /** What they are signed with; `null` for a key in the data folder. */
  readonly auditKeyFile: string | null;
  readonly auditCheckpointSeconds: number;
  /** Who is asked to cosign each. */
  readonly auditWitnesses: readonly { readonly vkey: string; readonly url: string }[];
  /** Where full tiles of the audit tree go; `url` is of a server other than AWS. */
  readonly auditBucket: { readonly name: string; readonly url: string | null } | null;
  readonly explain: (typeof explainModes)[number];
  /** Calls of models in a day; 0 for none. */
  readonly explainDailyCalls: number;
  readonly explainTimeoutMs: number;
  /** Whether models see the values in payloads, redacted, and not only their shape. */
  readonly explainPayload: boolean;
  /** `null` where neither a key nor a server of one's own is given. */
  readonly openAi: ModelSettings | null;
  readonly gemini: ModelSettings | null;
  /** What makes vectors of failures, redacted; `null` for what is at hand without a network. */
  readonly openAiEmbeddings: ModelSettings | null;
  /** Whether the console is served. */
  readonly console: boolean;
  /** How the console is known to the issuer. */
  readonly consoleClientId: string;
  /** Where a trace is shown, with `{traceId}` in the place of its id. */
  readonly traceUrl: string | null;
  readonly logLevel: (typeof logLevels)[number];
  readonly shutdownTimeoutMs: number;
  readonly handlerIsolation: (typeof handlerIsolations)[number];
  /** What handlers may take in each of their processes or threads. */
  readonly handlerMemoryMiB: number;
  /** `null` when nothing is to be traced. */
  readonly tracing: Tracing | null;
  /** Variables of OpenTelemetry that are given and have no effect. */
  readonly otelWithoutEffect: readonly string[];
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
  const given = readTexts(settingNames, secretSettingNames, environment, problems);
  problems.push(...unknownSettings(environment, knownNames));
  if (given['EVENTOPS_CRASH_AT'] !== undefined && given['NODE_ENV'] === 'production')
    problems.push('EVENTOPS_CRASH_AT: for tests only, so refused with NODE_ENV=production');
  if (given['AUDIT_BUCKET_URL'] !== undefined && given['AUDIT_BUCKET'] === undefined)
    problems.push('AUDIT_BUCKET_URL: has no effect without AUDIT_BUCKET, which names the bucket there');
  const parsed = settings.safeParse(given);
  if (!parsed.success)
    for (const issue of parsed.error.issues) problems.push(`${issue.path.join('.')}: ${issue.message}`);
  if (!parsed.success || problems.length > 0) throw new SettingsInvalid(problems);
  const values = parsed.data;
  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    metricsHost: values.METRICS_HOST,
    metricsPort: values.METRICS_PORT,
    dataFolder: resolve(values.DATA_DIR),
    handlersFile: resolve(values.EVENTOPS_CONFIG),
    eventStoreUrl: values.EVENTSTORE_URL ?? null,
    databaseUrl: values.DATABASE_URL ?? null,
    amqpUrl: values.AMQP_URL ?? null,
    replayRole: values.REPLAY_ROLE,
    oidcIssuer: values.OIDC_ISSUER ?? null,
    oidcAudience: values.OIDC_AUDIENCE,
    oidcRolesClaim: values.OIDC_ROLES_CLAIM,
    oidcClientClaim: values.OIDC_CLIENT_CLAIM ?? null,
    corsOrigins: values.CORS_ORIGINS,
    trustProxy: values.TRUST_PROXY,
    rateLimitPerMinute: values.RATE_LIMIT_PER_MINUTE,
    rateLimitActsPerMinute: values.RATE_LIMIT_ACTS_PER_MINUTE,
    eventOpsUrl: values.EVENTOPS_URL ?? null,
    eventOpsToken: values.EVENTOPS_TOKEN ?? null,
    accessCountsDays: values.ACCESS_COUNTS_DAYS,
    payloadFields: values.PAYLOAD_FIELDS,
    planMaxEvents: values.PLAN_MAX_EVENTS,
    auditOrigin: values.AUDIT_ORIGIN,
    auditKeyFile: values.AUDIT_KEY_FILE ? resolve(values.AUDIT_KEY_FILE) : null,
    auditCheckpointSeconds: values.AUDIT_CHECKPOINT_SECONDS,
    auditWitnesses: values.AUDIT_WITNESSES,
    auditBucket:
      values.AUDIT_BUCKET === undefined ? null : { name: values.AUDIT_BUCKET, url: values.AUDIT_BUCKET_URL ?? null },
    explain: values.EXPLAIN,
    explainDailyCalls: values.EXPLAIN_DAILY_CALLS,
    explainTimeoutMs: values.EXPLAIN_TIMEOUT_MS,
    explainPayload: values.EXPLAIN_PAYLOAD,
    openAi: modelSettings(values.OPENAI_API_KEY, values.OPENAI_BASE_URL, OPENAI_URL, values.OPENAI_MODEL),
    // Without a key, whoever is asked says so, and words are compared alone.
    openAiEmbeddings:
      values.OPENAI_EMBEDDING_MODEL === undefined
        ? null
        : modelSettings(
            values.OPENAI_API_KEY ?? NO_KEY,
            values.OPENAI_BASE_URL,
            OPENAI_URL,
            values.OPENAI_EMBEDDING_MODEL,
          ),
    gemini: modelSettings(
      ...([values.GEMINI_API_KEY, values.GEMINI_BASE_URL, 'https://generativelanguage.googleapis.com'] as const),
      values.GEMINI_MODEL,
    ),
    console: values.CONSOLE,
    consoleClientId: values.CONSOLE_CLIENT_ID,
    traceUrl: values.TRACE_URL ?? null,
    logLevel: values.LOG_LEVEL,
    shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
    handlerIsolation: values.HANDLER_ISOLATION,
    handlerMemoryMiB: values.HANDLER_MEMORY_MIB,
    tracing: tracingOf(values),
    otelWithoutEffect: otelWithoutEffect(environment, knownNames),
    production: values.NODE_ENV === 'production',
    crashAt: values.EVENTOPS_CRASH_AT ?? null,
  });
}

const knownNames = new Set([...settingNames, ...secretSettingNames.map((name) => `${name}_FILE`)]);

const OPENAI_URL = 'https://api.openai.com/v1';

/** What is sent as a key where there is none. */
export const NO_KEY = 'none';

/** A server of one's own may take requests without a key. */
const modelSettings = (
  apiKey: string | undefined,
  baseUrl: string | undefined,
  usual: string,
  model: string,
): ModelSettings | null =>
  apiKey === undefined && baseUrl === undefined
    ? null
    : { apiKey: apiKey ?? NO_KEY, baseUrl: (baseUrl ?? usual).replace(/\/+$/, ''), model };
