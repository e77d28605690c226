import { guardedFetch } from '../adapters/outbound/guarded-fetch.ts';
import type { EmbeddingProvider } from '../application/ports/embedding-provider.ts';
import { localEmbeddings } from '../application/similar/local-embeddings.ts';
import type { Config } from '../config/config.ts';

/** Of 32 vectors with 3,072 numbers each, as JSON. */
const MOST_ANSWER_BYTES = 4 * 1024 * 1024;

/** What makes vectors of failures, by the settings. What is not needed is not loaded. */
export async function openEmbeddings({
  openAiEmbeddings: settings,
  explainTimeoutMs: deadlineMs,
}: Pick<Config, 'openAiEmbeddings' | 'explainTimeoutMs'>): Promise<EmbeddingProvider> {
  if (settings === null) return localEmbeddings;
  const { createOutboundHttp } = await import('../adapters/outbound/outbound-http.ts');
  const { createOpenAiEmbeddings } = await import('../adapters/openai/openai-embeddings.ts');
  const limits = { deadlineMs, answerBytes: MOST_ANSWER_BYTES };
  const http = createOutboundHttp({ trustedOrigins: [new URL(settings.baseUrl).origin], limits });
  return createOpenAiEmbeddings({ ...settings, fetch: guardedFetch(http) });
}
