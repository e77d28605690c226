import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { apiKeyAnswer, apiKeyListAnswer, newApiKeyAnswer } from '../api/answers/api-key.ts';
import type { KeyRequest } from '../cli/keys.ts';
import type { OutputForm } from '../cli/output-forms.ts';
import type { Config } from '../config/config.ts';
import { askSystem, NoAnswer } from './ask-system.ts';
import { textTable } from './terminal-text.ts';

type ApiKey = z.output<typeof apiKeyAnswer>;
type Page = z.output<typeof apiKeyListAnswer>;

const path = '/v1/api-keys';

/** The key alone goes to standard output, so that a script can take it; what is known of it to standard error. */
export async function createKey(config: Config, { name, permissions, sources, expiresAt }: KeyRequest): Promise<void> {
  const { id, key } = await askSystem<z.output<typeof newApiKeyAnswer>>(config, {
    path,
    body: {
      name,
      permissions,
      ...(sources.length === 0 ? {} : { sources }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    },
    headers: { 'idempotency-key': randomUUID() },
  }).catch((error: unknown) => {
    if (!(error instanceof NoAnswer)) throw error;
    const advice = `A key named ${JSON.stringify(name)} may exist all the same: look for it with eventops keys list, and revoke it, because its text cannot be had any more`;
    throw new NoAnswer(`${error.message}. ${advice}`, { cause: error });
  });
  process.stderr.write(`The API key ${id} was created. Its text is shown this once:\n`);
  process.stdout.write(`${key}\n`);
}

export async function listKeys(config: Config, form: OutputForm): Promise<void> {
  const keys: ApiKey[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Page = await askSystem(config, {
      path: `${path}?limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`,
    });
    keys.push(...page.items);
    cursor = page.nextCursor;
  }
  process.stdout.write(form === 'json' ? `${JSON.stringify(keys)}\n` : tableOf(keys));
}

export async function revokeKey(
  config: Config,
  { id, reason }: { readonly id: string; readonly reason: string },
): Promise<void> {
  const { name, revokedAt } = await askSystem<ApiKey>(config, { path: `${path}/${id}/revoke`, body: { reason } });
  process.stdout.write(`${id} (${name}) was revoked at ${revokedAt}\n`);
}

const columns: readonly (readonly [title: string, of: (key: ApiKey) => string])[] = [
  ['ID', ({ id }) => id],
  ['NAME', ({ name }) => name],
  ['PREFIX', ({ prefix }) => prefix],
  ['PERMISSIONS', ({ permissions }) => permissions.join(',')],
  ['SOURCES', ({ sources }) => sources?.join(',') ?? 'all'],
  ['CREATED', ({ createdAt }) => createdAt],
  ['EXPIRES', ({ expiresAt }) => expiresAt ?? 'never'],
  ['LAST USED', ({ lastUsedAt }) => lastUsedAt ?? '-'],
  ['REVOKED', ({ revokedAt }) => revokedAt ?? '-'],
];

const tableOf = (keys: readonly ApiKey[]) =>
  textTable(
    columns.map(([title]) => title),
    keys.map((key) => columns.map(([, of]) => of(key))),
  );
