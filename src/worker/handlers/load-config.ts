import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { configSchema, policyOfClass } from './config-schema.ts';
import type { ConfiguredHandler } from './match-handler.ts';

/** The configuration of the handlers is missing or wrong: every problem at once, each with the key it is about. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';
  readonly problems: readonly string[];
  constructor(path: string, problems: readonly string[], options?: ErrorOptions) {
    super(`Wrong configuration in ${path}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`, options);
    this.problems = problems;
  }
}

/**
 * The handlers of an `eventops.config.ts` (or `.js`), which is imported: its own code runs.
 * @param path absolute.
 * @throws {ConfigInvalid}
 */
export async function loadConfig(path: string): Promise<readonly ConfiguredHandler[]> {
  const text = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const problem = cause.code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${cause.code})`;
    throw new ConfigInvalid(path, [`${problem}; create it, or name another one with EVENTOPS_CONFIG`], { cause });
  });
  const module: Record<string, unknown> = await import(pathToFileURL(path).href).catch((cause: unknown) => {
    throw new ConfigInvalid(path, [`the file cannot be loaded: ${describe(cause)}`], { cause });
  });
  if (module['default'] === undefined)
    throw new ConfigInvalid(path, ['there is no default export; write `export default defineConfig({ … })`']);
  if (module['default'] instanceof Promise)
    throw new ConfigInvalid(path, ['the default export is a promise; write `export default await …`']);
  return handlersOf(module['default'], path, hash('sha256', text, 'hex').slice(0, 12));
}

/**
 * The handlers of a configuration, with everything decided that it leaves open.
 * @param origin where it comes from, for messages.
 * @param version of the handlers that name none themselves.
 * @throws {ConfigInvalid}
 */
export function handlersOf(config: unknown, origin: string, version: string): readonly ConfiguredHandler[] {
  const parsed = configSchema.safeParse(config);
  if (!parsed.success) throw new ConfigInvalid(origin, parsed.error.issues.flatMap(problemsOf));
  return Object.entries(parsed.data.handlers).map(([pattern, { retry: given, ...definition }]) => {
    const { on, ...retry } = given;
    const retryOn = on && new Map(Object.entries(on).map(([name, own]) => [name, policyOfClass(retry, own)]));
    return {
      ...definition,
      ...{ pattern, retry, version: definition.version ?? version, schema: definition.schema ?? null },
      ...(retryOn === undefined ? {} : { retryOn }),
    };
  });
}

function problemsOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${keyOf([...issue.path, key])}: no such key`);
  const { message } = issue.code === 'invalid_key' ? (issue.issues[0] ?? issue) : issue;
  return [`${keyOf(issue.path)}: ${message}`];
}

/** `handlers["order.placed"].retry.maxAttempts` */
const keyOf = (path: readonly PropertyKey[]) =>
  path
    .map((part, depth) => (depth === 0 ? String(part) : depth === 1 ? `["${String(part)}"]` : `.${String(part)}`))
    .join('') || 'the default export';

const isPrimitive = (value: unknown): value is string | number | boolean | null | undefined =>
  value === null || !['object', 'function', 'symbol', 'bigint'].includes(typeof value);

/** With file and line, which Node gives in the first line of a syntax error's stack. Anything can be thrown. */
function describe(error: unknown): string {
  if (!(error instanceof Error))
    return `it throws ${isPrimitive(error) ? String(error) : 'something that is no Error'}`;
  const location = /^(?:file:\/\/)?\/.+:\d+/.exec(error.stack ?? '')?.[0].replace(/^file:\/\//, '');
  return `${error.name}: ${error.message}${location === undefined ? '' : ` (${location})`}`;
}
