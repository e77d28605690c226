import OpenAI from 'openai';
import { failureOfModel } from '../../application/explaining/failure-of-model.ts';
import { redact } from '../../application/explaining/redact.ts';
import { EmbeddingFailed, type EmbeddingProvider } from '../../application/ports/embedding-provider.ts';
import { type OpenAiOptions, openAiLibrary } from './openai-library.ts';

/** Longer texts say nothing more about what failed, and cost. */
const MOST_CHARACTERS = 2_000;
const MOST_DIMENSIONS = 16_000;

/** OpenAI's embeddings, as gateways and servers of local models speak them, too. What is sent is redacted before. */
export function createOpenAiEmbeddings(options: OpenAiOptions): EmbeddingProvider {
  const client = openAiLibrary(options);
  const { model } = options;
  return {
    model: `openai/${model}`,
    // Vectors of such models are close to each other altogether: unrelated texts come to about 0.2, the same in other words to 0.6.
    leastSimilarity: 0.55,
    async embed(texts, signal) {
      const input = texts.map((text) => redact(text.slice(0, 2 * MOST_CHARACTERS)).text.slice(0, MOST_CHARACTERS));
      try {
        const { data } = await client.embeddings.create({ model, input, encoding_format: 'float' }, { signal });
        return checked(data, texts.length);
      } catch (error) {
        if (error instanceof EmbeddingFailed) throw error;
        const { message } = failureOfModel(error, error instanceof OpenAI.APIError ? error.status : undefined);
        throw new EmbeddingFailed(`openai (${model}): ${message}`, { cause: error });
      }
    },
  };
}

/** One vector for each text, in the order of the texts, all numbers. */
function checked(data: unknown, texts: number): readonly (readonly number[])[] {
  const found = Array.isArray(data)
    ? (data as readonly { readonly index?: unknown; readonly embedding?: unknown }[])
    : [];
  const vectors = found
    .toSorted((one, other) => Number(one.index) - Number(other.index))
    .map(({ embedding }) => embedding);
  const dimension = Array.isArray(vectors[0]) ? vectors[0].length : 0;
  const isSound = (vector: unknown): vector is readonly number[] =>
    Array.isArray(vector) && vector.length === dimension && vector.every(Number.isFinite);
  if (vectors.length === texts && dimension > 0 && dimension <= MOST_DIMENSIONS && vectors.every(isSound))
    return vectors;
  throw new EmbeddingFailed('openai: the answer is no vector for each text');
}
