import { setTimeout as pause } from 'node:timers/promises';

const TRY_AGAIN_AFTER_MS = 50;

/** To be posted: an event under a key of its own. */
export interface Post {
  readonly key: string;
  readonly type: string;
}

interface Service {
  readonly url: string;
  readonly token: string;
}

/** By RFC 9110, section 15.5.9, a 408 may be. */
const mayBeAskedAgain = (status: number) => status >= 500 || status === 429 || status === 408;

/** Posts all at once, each until it has its 2xx; with the events' ids by key. @throws when one is refused permanently. */
export async function postAll({ url, token }: Service, posts: readonly Post[]): Promise<ReadonlyMap<string, string>> {
  const postOne = async ({ key, type }: Post): Promise<readonly [string, string]> => {
    for (;;) {
      const answer = await fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ type, source: 'test', payload: { key } }),
      })
        .then(async (response) => ({ status: response.status, body: await response.text() }))
        .catch(() => null);
      if (answer !== null && answer.status < 300) return [key, (JSON.parse(answer.body) as { readonly id: string }).id];
      if (answer !== null && !mayBeAskedAgain(answer.status))
        throw new Error(`${key}: ${answer.status} ${answer.body}`);
      await pause(TRY_AGAIN_AFTER_MS);
    }
  };
  return new Map(await Promise.all(posts.map(postOne)));
}

/** Resolves when the row of each event, at most 200 in all, says that it has ended. */
export async function untilRowsEnded({ url, token }: Service, count: number): Promise<void> {
  for (;;) {
    const page = await fetch(`${url}/v1/events?limit=200`, { headers: { authorization: `Bearer ${token}` } })
      .then(async (response) => (await response.json()) as { readonly items?: readonly { readonly status: string }[] })
      .catch(() => null);
    const ended = (page?.items ?? []).filter(({ status }) => status === 'PROCESSED' || status === 'DEAD');
    if (ended.length === count) return;
    await pause(TRY_AGAIN_AFTER_MS);
  }
}
