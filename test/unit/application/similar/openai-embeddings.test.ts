import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOpenAiEmbeddings } from '../../../../src/adapters/openai/openai-embeddings.ts';
import { guardedFetch } from '../../../../src/adapters/outbound/guarded-fetch.ts';
import { createOutboundHttp } from '../../../../src/adapters/outbound/outbound-http.ts';

let server: Server;
let answer: (input: readonly string[]) => { readonly status?: number; readonly data?: unknown };
const asked: { readonly url: string; readonly body: string }[] = [];

/** A server on loopback that speaks OpenAI's embeddings. */
beforeAll(async () => {
  server = createServer((request, response) => {
    void (async () => {
      const body = (await request.toArray()).join('');
      asked.push({ url: request.url ?? '', body });
      const { status = 200, data } = answer(JSON.parse(body).input);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ object: 'list', data }));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void server.close());

const embed = (texts: readonly string[], isTrusted = true) => {
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const http = createOutboundHttp({
    trustedOrigins: isTrusted ? [new URL(baseUrl).origin] : [],
    limits: { deadlineMs: 5_000 },
  });
  const provider = createOpenAiEmbeddings({ apiKey: 'a-key', baseUrl, model: 'embedder', fetch: guardedFetch(http) });
  return provider.embed(texts, new AbortController().signal);
};

describe('the embeddings of OpenAI', () => {
  it('are one for each text, in order, whatever the order of the answer', async () => {
    answer = () => ({
      data: [
        { index: 1, embedding: [0, 1] },
        { index: 0, embedding: [1, 0] },
      ],
    });
    expect(await embed(['a', 'b'])).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(asked.at(-1)).toMatchObject({ url: '/v1/embeddings' });
    expect(JSON.parse(asked.at(-1)?.body ?? '')).toMatchObject({ model: 'embedder', input: ['a', 'b'] });
  });

  it('are asked for with redacted texts', async () => {
    answer = (input) => ({ data: input.map((_, index) => ({ index, embedding: [1] })) });
    await embed(['Error: password=hunter2hunter2 for jane.doe@example.com from 203.0.113.9']);
    expect(asked.at(-1)?.body).not.toMatch(/hunter2|jane|203\.0\.113/);
  });

  it.each([
    ['no vector for each text', { data: [{ index: 0, embedding: [1] }] }],
    [
      'of several dimensions',
      {
        data: [
          { index: 0, embedding: [1] },
          { index: 1, embedding: [1, 2] },
        ],
      },
    ],
    [
      'no numbers',
      {
        data: [
          { index: 0, embedding: ['x'] },
          { index: 1, embedding: ['y'] },
        ],
      },
    ],
    ['no list', { data: 'hello' }],
    ['a refusal', { status: 503, data: [] }],
  ])('fail where the answer is %s', async (_, given) => {
    answer = () => given;
    await expect(embed(['a', 'b'])).rejects.toMatchObject({ name: 'EmbeddingFailed' });
  });

  it('are not asked past the guard', async () => {
    const before = asked.length;
    await expect(embed(['a'], false)).rejects.toMatchObject({ name: 'EmbeddingFailed' });
    expect(asked.length).toBe(before);
  });
});
