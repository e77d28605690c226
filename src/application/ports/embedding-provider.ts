/** Makes vectors of texts: those of similar texts point in nearly the same direction. */
export interface EmbeddingProvider {
  /** Stored with each vector: vectors of different models are never compared. Names everything that a change of would change them. */
  readonly model: string;
  /** The cosine of two vectors from which on their texts count as similar. */
  readonly leastSimilarity: number;
  /** One for each text, in order, all of one dimension. @throws {EmbeddingFailed} also when `signal` aborts. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<readonly (readonly number[])[]>;
}

/** There are no vectors. The message names neither keys nor what was sent. */
export class EmbeddingFailed extends Error {
  override readonly name = 'EmbeddingFailed';
}
