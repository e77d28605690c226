import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { guardedFetch } from '../../../../src/adapters/outbound/guarded-fetch.ts';
import { createOutboundHttp } from '../../../../src/adapters/outbound/outbound-http.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { createAskInTurn } from '../../../../src/application/explaining/ask-in-turn.ts';
import { describeRequest } from '../../../../src/application/explaining/describe-request.ts';
import { promptFor } from '../../../../src/application/explaining/prompt.ts';
import type { ExplanationRequest, LlmClient } from '../../../../src/application/ports/llm-client.ts';
import type { LogFields } from '../../../../src/application/ports/log-fields.ts';
import { readConfig } from '../../../../src/config/config.ts';
import { openModels } from '../../../../src/main/open-models.ts';
import {
  deadLettered,
  failed,
  failure,
  request as receivedRequest,
  started,
} from '../../../support/domain/transitions.ts';
import { budgetInMemory, random } from '../../../support/explaining/explained-log.ts';
import { type ModelStub, startModelStub } from '../../../support/explaining/model-stub.ts';
import { plantedSecrets } from '../../../support/explaining/planted-secrets.ts';
import { sealedHistory } from '../../../support/sealed-history.ts';
import { silentLogger } from '../../../support/worker/silent-logger.ts';

let stub: ModelStub;
beforeAll(async () => {
  stub = await startModelStub();
});
afterAll(() => stub.close());
beforeEach(() => {
  stub.asked.length = 0;
  lines.length = 0;
  Object.assign(stub, { openAi: 'sound', gemini: 'sound' });
});

const request: ExplanationRequest = {
  ...{ handler: 'order.placed', class: 'TypeError', message: 'order has no lines', attempts: 1, payload: '{}' },
  frames: ['at ship (…/orders/ship.ts:1:1)'],
  transitions: [{ revision: 2, text: 'ProcessingFailed: attempt 1 failed with TypeError: order has no lines' }],
};

const lines: { readonly fields: LogFields; readonly message: string }[] = [];
const logger = {
  ...silentLogger,
  warn: (fields: LogFields, message: string) => void lines.push({ fields, message }),
};

const askOf = (clients: readonly LlmClient[], deadlineMs: number) =>
  createAskInTurn({
    ...{ clients, budget: budgetInMemory(), clock: systemClock, random, logger, limits: { deadlineMs, pauseMs: 1 } },
  });

/** Both models, as settings name them. */
async function asking(timeoutMs = 2_000) {
  const config = readConfig({
    ...{ OPENAI_API_KEY: 'key-of-openai', OPENAI_BASE_URL: `${stub.url}/v1`, EXPLAIN_TIMEOUT_MS: String(timeoutMs) },
    ...{ GEMINI_API_KEY: 'key-of-gemini', GEMINI_BASE_URL: stub.url },
  });
  const clients = await openModels(config);
  const ask = askOf(clients, timeoutMs);
  return () => ask(request, new AbortController().signal);
}

describe('models', () => {
  it('that answer are quoted, the first one first, with what it cost', async () => {
    const answer = await (await asking())();
    expect(answer).toMatchObject({
      ...{ provider: 'openai', model: 'gpt-4o-mini', summary: 'A model said so.', fallbacks: [] },
      cost: { calls: 1, inputTokens: 100, outputTokens: 20 },
    });
    expect(stub.asked.map(({ provider }) => provider)).toEqual(['openai']);
  });

  it.each([
    ['failing', 'it answers 500', 2],
    ['busy', 'it answers 429', 2],
    ['half', 'no usable answer', 2],
    ['huge', 'no usable answer', 2],
    ['redirecting', 'it answers 307', 1],
    ['no-json', 'the answer does not have the shape that was asked for', 1],
  ] as const)('that do not answer make way for the next, and it is said why: %s', async (behaviour, why, calls) => {
    stub.openAi = behaviour;
    const answer = await (await asking())();
    expect(answer).toMatchObject({
      provider: 'gemini',
      summary: 'A model said so.',
      fallbacks: [{ provider: 'openai', why }],
    });
    expect(answer.cost.calls).toBe(calls + 1);
  });

  it('that all fail leave it to the rules', async () => {
    Object.assign(stub, { openAi: 'failing', gemini: 'busy' });
    const answer = await (await asking())();
    expect(answer).toMatchObject({
      provider: 'rules',
      fallbacks: [
        { provider: 'openai', why: 'it answers 500' },
        { provider: 'gemini', why: 'it answers 429' },
      ],
    });
  });

  it('that are silent are given up', async () => {
    Object.assign(stub, { openAi: 'silent', gemini: 'silent' });
    const answer = await (await asking(150))();
    expect(answer.fallbacks.map(({ why }) => why)).toEqual(['no answer within 150 ms', 'no answer within 150 ms']);
    expect([answer.provider, stub.asked.length]).toEqual(['rules', 2]);
  });

  it('that keep failing are not asked for a while', async () => {
    Object.assign(stub, { openAi: 'failing', gemini: 'sound' });
    const ask = await asking();
    for (let times = 0; times < 3; times++) await ask();
    const answer = await ask();
    expect(answer.fallbacks[0]?.why).toContain('4 times in a row');
    expect(stub.asked.filter(({ provider }) => provider === 'openai')).toHaveLength(4);
  });

  it.each(['openAi', 'gemini'] as const)('that are hostile change nothing but words: %s', async (which) => {
    Object.assign(stub, which === 'openAi' ? { openAi: 'hostile' } : { openAi: 'failing', gemini: 'hostile' });
    const answer = await (await asking())();
    expect(Object.keys(answer).toSorted()).toEqual(
      [
        ...['confidence', 'cost', 'fallbacks', 'model', 'probableCause', 'promptHash', 'promptVersion', 'provider'],
        ...['restsOn', 'steps', 'summary'],
      ].toSorted(),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for
    expect(JSON.stringify(answer)).not.toMatch(/\\u0000|\\u001b|\u202e|tool_calls|execute/);
    expect(answer.restsOn).toEqual([{ source: 'transition', revision: 2, quote: 'order has no lines' }]);
  });

  it('are sent none of 200 planted secrets, not even with payloads', async () => {
    const planted = plantedSecrets(200);
    const [client] = await openModels(readConfig({ OPENAI_BASE_URL: `${stub.url}/v1` }));
    if (client === undefined) throw new Error('There is no model');
    const kinds = new Set<string>();
    for (const { text } of planted) {
      const why = { ...failure, message: text, stack: `Error: ${text}\n    at ship (…/orders/ship.ts?${text}:1:1)` };
      const payload = JSON.stringify({ note: text, nested: JSON.stringify({ text }) });
      const history = sealedHistory([
        { type: 'EventReceived', data: { ...receivedRequest, payload } },
        started(),
        failed({}, why),
        deadLettered(),
      ]);
      const described = describeRequest(
        history,
        { handler: 'order.placed', failure: why, attempts: 1 },
        { showsPayload: true },
      );
      for (const kind of Object.keys(described.redactions)) kinds.add(kind);
      await client.explain(promptFor(described.request), new AbortController().signal);
    }
    expect(stub.asked).toHaveLength(planted.length);
    const bodies = stub.asked.map(({ body }) => body).join('\n');
    expect(planted.filter(({ secret }) => bodies.includes(secret))).toEqual([]);
    expect(kinds.size).toBeGreaterThan(8);
  });

  it('that do not answer are named in the log, with the cause and once, whatever is asked', async () => {
    Object.assign(stub, { openAi: 'half', gemini: 'no-json' });
    const ask = await asking();
    for (let times = 0; times < 2; times++) await ask();
    expect(lines.map(({ fields }) => fields)).toMatchObject([
      { about: 'openai', reason: 'no usable answer', err: { name: 'OutboundFailed' } },
      { about: 'gemini', reason: 'the answer does not have the shape that was asked for' },
    ]);
    expect(JSON.stringify(lines)).not.toContain('key-of-');
  });

  it('that may not be asked are asked once', async () => {
    const given = { apiKey: 'key-of-both', baseUrl: stub.url, model: 'one' };
    // No server is trusted, and loopback is not on the public internet.
    const refusing = { ...given, fetch: guardedFetch(createOutboundHttp({ trustedOrigins: [] })) };
    const { createOpenAiClient } = await import('../../../../src/adapters/openai/openai-client.ts');
    const { createGeminiClient } = await import('../../../../src/adapters/gemini/gemini-client.ts');
    const answer = await askOf([createOpenAiClient(refusing), createGeminiClient(refusing)], 2_000)(
      request,
      new AbortController().signal,
    );
    const why = 'the settings name a server that may not be asked';
    expect(answer.fallbacks).toEqual([
      { provider: 'openai', why },
      { provider: 'gemini', why },
    ]);
    expect([answer.cost.calls, stub.asked.length]).toEqual([2, 0]);
    const err = { name: 'OutboundRefused' };
    expect(lines.map(({ fields }) => fields)).toMatchObject([
      { about: 'openai', err },
      { about: 'gemini', err },
    ]);
  });

  it('are not asked past the guard, whoever replaced fetch since', async () => {
    const ask = await asking();
    stub.openAi = 'no-json';
    const another = vi.fn<typeof fetch>(async () => new Response('{}'));
    vi.stubGlobal('fetch', another);
    const answer = await ask();
    vi.unstubAllGlobals();
    expect(answer.fallbacks[1]).toEqual({ provider: 'gemini', why: 'fetch was replaced, so that nothing guards it' });
    expect([another.mock.calls.length, answer.cost.calls]).toEqual([0, 2]);
  });

  it('are sent the headers that they need, whatever the environment says', async () => {
    vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'Authorization: Bearer of-another\nX-Planted: yes');
    vi.stubEnv('OPENAI_ADMIN_KEY', 'key-of-an-admin');
    await (await asking())();
    vi.unstubAllEnvs();
    const { headers } = stub.asked[0] ?? {};
    expect(headers).toMatchObject({ authorization: 'Bearer key-of-openai', 'content-type': 'application/json' });
    expect(Object.keys(headers ?? {}).toSorted()).toEqual([
      ...['accept', 'accept-encoding', 'authorization', 'connection', 'content-length', 'content-type', 'host'],
    ]);
  });

  it('are sent no key of the other', async () => {
    stub.openAi = 'failing';
    await (await asking())();
    for (const { body } of stub.asked) expect(body).not.toMatch(/key-of-/);
  });
});
