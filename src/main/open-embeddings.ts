import type { EmbeddingProvider } from '../application/ports/embedding-provider.ts';
import { localEmbeddings } from '../application/similar/local-embeddings.ts';

/** What makes vectors of failures. */
export async function openEmbeddings(_config: object): Promise<EmbeddingProvider> {
  return localEmbeddings;
}
