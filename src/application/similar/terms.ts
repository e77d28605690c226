import { operations } from './vocabulary/operations.ts';

/** What a failure says, in terms that differently worded failures share. */
export interface Terms {
  /** Names of {@link operations}. */
  readonly operations: readonly string[];
  readonly kinds: readonly string[];
  /** Stems of what else is said, without words that nearly every failure has. */
  readonly words: readonly string[];
}

/** Longer texts say nothing more about what failed. Bounds what patterns cost, whatever a message holds. */
const MOST_CHARACTERS = 600;
const MOST_WORDS = 40;

const contractions: readonly (readonly [RegExp, string])[] = [
  [/\bcan['’]?t\b/g, 'cannot'],
  [/\bwon['’]?t\b/g, 'will not'],
  [/n['’]t\b/g, ' not'],
  [/['’]s\b/g, ' s'],
  // Nothing of JSON's.
  [/\bjson web token/g, 'jwt'],
];

/**
 * The text in lower case, with single spaces between its words and without placeholders: `TlsCertExpired` and `TLS_CERT_EXPIRED`
 * are both `tls cert expired`, and a code in capitals stays one word.
 */
export function plain(text: string): string {
  let spaced = text
    .slice(0, MOST_CHARACTERS)
    .toWellFormed()
    .replaceAll(/<[a-z][a-z -]*>/g, ' ')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu}|\d)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase();
  for (const [pattern, long] of contractions) spaced = spaced.replaceAll(pattern, long);
  return spaced.replaceAll(/[^\p{L}\p{N}<>=]+/gu, ' ').trim();
}

/** Said of nearly everything that fails, or of nothing in particular. */
const common = new Set(
  `a an and any are as at be because been before being but by can cannot could did do does doing done during each either else error
  exception fail failed failing fails failure fault for from get gets getting given gives gone got had has have having here how
  if in instead into is it its just let like made make many may me more most must my neither new no nor not now of off on once one only or
  other our out over own please problem really s same say says see seems should since so some still such t than that the their them then
  there these they this those though through to too try trying under unable until up us use used using very via was way we were what when
  where which while who whose why will with within without would yet you your com call called caused cause code detail details due
  err errors exceptions happened invalid issue message msg occurred operation reason request requests response result returned returns
  server service status unexpected unknown value was while info run running process processing handler handle handling attempt again
  null undefined true false name data number field id key object type ms seconds second minute minutes after`.split(
    /\s+/,
  ),
);

/** Endings that do not change what a word is about. Coarse on purpose: it is applied to both sides. */
export function stem(word: string): string {
  if (word.length <= 4) return word.replace(/(?<=[^s])s$/, '');
  const short = word
    .replace(/(?:ies|ied)$/, 'y')
    .replace(/(?:ations?|ating|ated|ates?)$/, 'at')
    .replace(/(?:ings?|ed|es|ers?|ions?|ly|ment|ments|s|e)$/, '');
  const whole = short.replace(/([^aeiouls])\1$/, '$1');
  return whole.length < 3 ? word : whole;
}

export function termsOf(text: string): Terms {
  const said = plain(text);
  const all = operations.filter(({ wordings }) => wordings.some((wording) => wording.test(said)));
  const particular = all.filter(({ isGeneral }) => !isGeneral);
  const found = particular.length > 0 ? particular : all;
  const words = said
    .split(/[\s<>=]+/)
    .filter((word) => word.length > 1 && !common.has(word) && !/^\d+$/.test(word))
    .map(stem);
  return {
    operations: found.map(({ name }) => name),
    kinds: [...new Set(found.flatMap(({ kind }) => kind ?? []))],
    words: [...new Set(words)].slice(0, MOST_WORDS),
  };
}

/** The same as one list, for the index of words: terms of the vocabulary first. */
export function termList(text: string): readonly string[] {
  const terms = termsOf(text);
  return [...terms.operations.map((name) => `${OPERATION}${name}`), ...terms.words];
}

/** What distinguishes a term of the vocabulary from a word. */
export const OPERATION = 'operation: ';
