/** SQLite's primary result codes, https://sqlite.org/rescode.html. The second byte of a code only refines it. */
const PRIMARY = {
  5: 'busy',
  8: 'readonly',
  10: 'io',
  11: 'corrupt',
  13: 'full',
  14: 'cannot-open',
  26: 'not-a-database',
} as const;

export type SqliteErrorKind = (typeof PRIMARY)[keyof typeof PRIMARY] | 'other';

export function sqliteErrorKind(error: unknown): SqliteErrorKind {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : -1;
  return code in PRIMARY ? PRIMARY[code as keyof typeof PRIMARY] : 'other';
}

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
