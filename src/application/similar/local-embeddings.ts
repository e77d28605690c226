import { hash } from 'node:crypto';
import type { EmbeddingProvider } from '../ports/embedding-provider.ts';
import { type Terms, termsOf } from './terms.ts';

/** Grows with every change of the vocabulary or of what is below: texts are embedded again then. */
export const LOCAL_VERSION = 1;
export const LOCAL_DIMENSION = 256;

const weights = { operation: 3, kind: 0.6, word: 1, wordBesideOperation: 0.7, part: 0.12 } as const;

/**
 * The provider that is always there. Lexical: texts are close when they share terms of the vocabulary, words or parts of words, and for no
 * other reason. It takes a fraction of a millisecond and no memory to speak of.
 */
export const localEmbeddings: EmbeddingProvider = {
  model: `local/${LOCAL_VERSION}`,
  leastSimilarity: 0.35,
  embed: async (texts) => texts.map(embedded),
};

/**
 * Signed feature hashing: each term adds its weight to a few of the dimensions, with signs, so that what two terms share by chance
 * cancels out on average.
 */
function embedded(text: string): readonly number[] {
  const vector = new Float64Array(LOCAL_DIMENSION);
  for (const [term, weight] of weighted(termsOf(text)))
    for (const { dimension, sign } of placesOf(term)) vector[dimension] = (vector[dimension] ?? 0) + sign * weight;
  return [...vector];
}

function* weighted({ operations, kinds, words }: Terms): Generator<readonly [string, number]> {
  for (const name of operations) yield [`operation ${name}`, weights.operation];
  for (const name of kinds) yield [`kind ${name}`, weights.kind];
  const ofWord = operations.length > 0 ? weights.wordBesideOperation : weights.word;
  for (const word of words) {
    yield [`word ${word}`, ofWord];
    for (let at = 0; word.length > 5 && at + 4 <= word.length; at++)
      yield [`part ${word.slice(at, at + 4)}`, weights.part];
  }
}

interface Place {
  readonly dimension: number;
  readonly sign: 1 | -1;
}

/** Of each term, so that two different ones hardly ever share all of theirs. */
const PLACES = 4;
const MOST_KEPT = 20_000;
const kept = new Map<string, readonly Place[]>();

function placesOf(term: string): readonly Place[] {
  const known = kept.get(term);
  if (known !== undefined) return known;
  const bytes = hash('sha256', term, 'buffer');
  const found = Array.from({ length: PLACES }, (_, at): Place => {
    const drawn = bytes.readUInt16BE(2 * at);
    return { dimension: drawn % LOCAL_DIMENSION, sign: drawn < 0x80_00 ? 1 : -1 };
  });
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(term, found);
  return found;
}
