import { expect } from 'vitest';
import type { ApiUnderTest } from './api-under-test.ts';

export interface CreatedKey {
  readonly id: string;
  readonly key: string;
}

/** An admin's wish for a key. */
export const forTheTill = { name: 'till 4', permissions: ['events:write'], sources: ['shop'] };

export function askForKey(
  { call }: Pick<ApiUnderTest, 'call'>,
  body: unknown,
  { as = 'admin', idempotencyKey }: { readonly as?: string; readonly idempotencyKey?: string } = {},
) {
  const ofRequest = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
  return call({
    ...{ as, method: 'POST', url: '/v1/api-keys', payload: JSON.stringify(body) },
    headers: { 'content-type': 'application/json', ...ofRequest },
  });
}

/** A key of which the process has heard. */
export async function createdKey(api: Pick<ApiUnderTest, 'call'>, but: object = {}): Promise<CreatedKey> {
  const answer = await askForKey(api, { ...forTheTill, ...but });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json();
}

export const revoke = ({ call }: Pick<ApiUnderTest, 'call'>, id: string, reason = 'leaked', as = 'admin') =>
  call({
    ...{ as, method: 'POST', url: `/v1/api-keys/${id}/revoke` },
    ...{ headers: { 'content-type': 'application/json' }, payload: JSON.stringify({ reason }) },
  });
