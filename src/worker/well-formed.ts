/** At most `limit` characters, without what neither the log nor `jsonb` can hold: lone surrogates and NUL. */
export const wellFormed = (text: string, limit: number) =>
  text.slice(0, limit).toWellFormed().replaceAll('\0', '\uFFFD');
