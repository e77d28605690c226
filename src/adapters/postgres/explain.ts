import type { PostgresServer } from './server.ts';

interface Explanation {
  readonly matches: RegExp;
  readonly says: string;
}

/** By what `pg`, Node and PostgreSQL put into code and message; the first match counts. */
const explanations: readonly Explanation[] = [
  {
    matches: /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ENOENT/,
    says: 'cannot be reached; check that it runs and that DATABASE_URL names it',
  },
  { matches: /\b28P01\b|\b28000\b|SASL/, says: 'refuses the user; check user and password in DATABASE_URL' },
  { matches: /\b3D000\b/, says: 'has no such database; create it, or mend DATABASE_URL' },
  {
    matches: /\b42501\b/,
    says: 'does not let this user make tables; grant it: alter database … owner to …, or grant create on schema public',
  },
  { matches: /\b57P03\b|\b57P0[12]\b/, says: 'is starting or shutting down' },
  { matches: /\b53300\b/, says: 'has no free connection; raise max_connections, or run fewer processes' },
  { matches: /\b25006\b/, says: 'is read-only, as a standby is; check that DATABASE_URL names the primary' },
  {
    matches: /unable to (?:verify|get)|self.signed/i,
    says: 'shows a certificate of an authority that we do not know; name it with sslrootcert=… in DATABASE_URL',
  },
  {
    matches: /altnames/,
    says: 'shows a certificate for another name; name it in DATABASE_URL as its certificate does',
  },
  {
    matches: /does not support SSL|certificate|SSL|TLS/i,
    says: 'and we did not agree on TLS; check its certificate, and sslmode=… of DATABASE_URL',
  },
  { matches: /timeout|timed out/i, says: 'stays silent; check whether it is overloaded or frozen' },
  { matches: /ECONNRESET|EPIPE|terminated unexpectedly|Connection ended/, says: 'dropped the connection' },
  {
    matches: /previously executed migration/,
    says: 'was migrated by a later version of EventOps; start that version, or give DATABASE_URL another database',
  },
];

/** One sentence for an operator: which part, where, what happened and what to do. Without user and password. */
export function explain(error: unknown, { label, password }: Pick<PostgresServer, 'label' | 'password'>): string {
  const text = wholeText(error);
  const says = explanations.find(({ matches }) => matches.test(text))?.says;
  return `PostgreSQL at ${label} ${says ?? `failed: ${withoutSecret(text, password)}`}`;
}

/** With codes and causes: a host of two addresses fails with an error that says nothing and holds two that do. */
function wholeText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const within = error instanceof AggregateError ? error.errors : [error.cause];
  const code = 'code' in error ? String(error.code) : '';
  return [code, error.message, ...within.filter((each) => each instanceof Error).map(wholeText)]
    .filter((part) => part !== '')
    .join(' ');
}

/** No known text of driver or server holds the password. This is for the unknown ones. */
function withoutSecret(text: string, password: string | null): string {
  if (password === null || password === '') return text;
  return text.replaceAll(password, '…').replaceAll(encodeURIComponent(password), '…');
}
