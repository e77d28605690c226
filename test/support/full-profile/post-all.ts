import type { FullProfile } from './full-profile.ts';

/** Posts all at once; with the events' ids by key. @throws when one is not taken. */
export async function postAll(
  { apiUrls, token }: Pick<FullProfile, 'apiUrls' | 'token'>,
  posts: readonly { readonly key: string; readonly type: string }[],
): Promise<ReadonlyMap<string, string>> {
  const postOne = async ({ key, type }: (typeof posts)[number]): Promise<readonly [string, string]> => {
    const answer = await fetch(`${apiUrls()[0]}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ type, source: 'test', payload: { key } }),
    });
    const body = await answer.text();
    if (!answer.ok) throw new Error(`${key}: ${answer.status} ${body}`);
    return [key, (JSON.parse(body) as { readonly id: string }).id];
  };
  return new Map(await Promise.all(posts.map(postOne)));
}
