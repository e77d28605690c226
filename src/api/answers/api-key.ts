import { z } from 'zod';
import type { ApiKeyState } from '../../domain/api-key/state.ts';
import { apiKeyPattern } from '../api-keys/key-text.ts';
import { time, times } from './times.ts';

const fields = {
  id: z.guid(),
  name: z.string(),
  prefix: z.string().describe('The first characters of the key, by which it is recognised.'),
  permissions: z.array(z.string()),
  sources: z.array(z.string()).nullable().describe('The only sources of events that it may send; null for all.'),
  createdAt: time,
  createdBy: z.string(),
  expiresAt: time.nullable(),
  lastUsedAt: time.nullable().describe('To the hour; null where no use is known. May be missing after a restart.'),
  revokedAt: time.nullable(),
};

export const apiKeyAnswer = z
  .strictObject(fields)
  .meta({ id: 'ApiKey', description: `What a machine without an issuer of tokens is let in with. ${times}` });

export const newApiKeyAnswer = z
  .strictObject({ ...fields, key: z.string().regex(apiKeyPattern).describe('Shown this once.') })
  .meta({ id: 'NewApiKey', description: 'A key that was just created, with its text.' });

export const apiKeyListAnswer = z
  .strictObject({
    items: z.array(apiKeyAnswer),
    nextCursor: z.string().nullable().describe('For the next page; null at the end.'),
  })
  .meta({ id: 'ApiKeyList', description: 'A page of API keys, the newest first.' });

interface Shown extends ApiKeyState {
  readonly id: string;
  readonly createdAt: string;
}

export function apiKeyView({ id, createdAt, created, revoked }: Shown, lastUsedAt: string | null) {
  const { name, prefix, permissions, sources, requestedBy: createdBy, expiresAt } = created;
  const revokedAt = revoked?.revokedAt ?? null;
  return { id, name, prefix, permissions, sources, createdAt, createdBy, expiresAt, lastUsedAt, revokedAt };
}

export const exampleApiKey = {
  id: '0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d',
  name: 'till 4',
  prefix: 'eo_XXXXXXXX',
  permissions: ['events:write'],
  sources: ['shop'],
  createdAt: '2030-01-31T12:00:00.000Z',
  createdBy: 'alice',
  expiresAt: '2031-01-31T00:00:00.000Z',
  lastUsedAt: null,
  revokedAt: null,
};

/** No key: its checksum is wrong, so that nothing that looks for keys finds it. */
export const exampleNewApiKey = { ...exampleApiKey, key: `eo_${'X'.repeat(43)}000000` };
