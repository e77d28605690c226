import { messageOf, sqliteErrorKind } from './sqlite-error.ts';

/** Something in the log's file contradicts itself. No retry helps. */
export class DamageFound extends Error {
  override readonly name = 'DamageFound';
}

/** Why what was asked cannot be had from this file, however often; `null` for every other failure. */
export function damageIn(error: unknown): string | null {
  const kind = sqliteErrorKind(error);
  return error instanceof DamageFound || kind === 'corrupt' || kind === 'not-a-database' ? messageOf(error) : null;
}
