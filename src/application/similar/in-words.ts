import { plain, termsOf } from './terms.ts';

export interface SharedTerms {
  /** Operations of the vocabulary that both texts are about, however they say it. */
  readonly operations: readonly string[];
  /** Words that both texts have, as they stand in the one that is asked for. */
  readonly words: readonly string[];
}

const MOST_WORDS = 12;

export function sharedTerms(asked: string, found: string): SharedTerms {
  const one = termsOf(asked);
  const other = termsOf(found);
  const stems = new Set(other.words);
  const words = plain(asked)
    .split(/[\s<>=]+/)
    .filter((word) => termsOf(word).words.some((each) => stems.has(each)));
  return {
    operations: one.operations.filter((name) => other.operations.includes(name)),
    words: [...new Set(words)].slice(0, MOST_WORDS),
  };
}

/** Why two failures are called similar, for people. */
export function whySimilar({ operations, words }: SharedTerms): string {
  const said: string[] = [];
  if (operations.length > 0) said.push(`both are about ${operations.join(', ')}`);
  if (words.length > 0) said.push(`both say ${words.map((word) => `“${word}”`).join(', ')}`);
  if (said.length === 0) return 'They are close by their vectors, and share no word.';
  const text = said.join(', and ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
