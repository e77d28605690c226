const MOST_CHARACTERS = 300;

/**
 * What a server says of a refusal, without what it quotes: that may be a part of a payload. Everything from the first
 * quotation mark to the last one goes, in whatever language and form, because what is quoted may hold any of them.
 */
export const withoutValues = (said: string): string =>
  said.replace(/["'„“”«»‘’`「『].*["'“”«»‘’`」』]/su, '…').slice(0, MOST_CHARACTERS);
