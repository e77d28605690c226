import { guardedFetch } from '../adapters/outbound/guarded-fetch.ts';
import type { LlmClient } from '../application/ports/llm-client.ts';
import type { Config } from '../config/config.ts';

type Settings = Pick<Config, 'openAi' | 'gemini' | 'explainTimeoutMs'>;

/** The models that settings name, in the order in which they are asked. What is not needed is not loaded. */
export async function openModels({
  openAi,
  gemini,
  explainTimeoutMs: deadlineMs,
}: Settings): Promise<readonly LlmClient[]> {
  const clients: LlmClient[] = [];
  if (openAi === null && gemini === null) return clients;
  const { createOutboundHttp } = await import('../adapters/outbound/outbound-http.ts');
  const fetchOf = (baseUrl: string) =>
    guardedFetch(createOutboundHttp({ trustedOrigins: [new URL(baseUrl).origin], limits: { deadlineMs } }));
  if (openAi !== null) {
    const { createOpenAiClient } = await import('../adapters/openai/openai-client.ts');
    clients.push(createOpenAiClient({ ...openAi, fetch: fetchOf(openAi.baseUrl) }));
  }
  if (gemini !== null) {
    const { createGeminiClient } = await import('../adapters/gemini/gemini-client.ts');
    clients.push(createGeminiClient({ ...gemini, fetch: fetchOf(gemini.baseUrl) }));
  }
  return clients;
}
