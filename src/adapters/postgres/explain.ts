import pg from 'pg';
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
  { matches: /\b3D000\b/, says: 'has no such database; create it, or correct DATABASE_URL' },
  {
    matches: /\b42501\b/,
    says: 'does not let this user make tables; grant it: alter database … owner to …, or grant create on schema public',
  },
  { matches: /\b57P03\b|\b57P0[12]\b/, says: 'is starting or shutting down' },
  { matches: /\b53300\b/, says: 'has no free connection; raise max_connections, or run fewer processes' },
  {
    matches: /unsupported startup parameter/,
    says: 'is behind a pooler that refuses what a connection asks for; take it out of DATABASE_URL, or have the pooler ignore it (ignore_startup_parameters)',
  },
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

type Server = Pick<PostgresServer, 'label' | 'user' | 'password'>;

/**
 * For an operator: which part, where, what happened and what to do, and always what the server or a pooler itself says
 * of it. Without user and password.
 */
export function explain(error: unknown, server: Server): string {
  const text = wholeText(error);
  const says = explanations.find(({ matches }) => matches.test(text))?.says;
  if (says === undefined) return `PostgreSQL at ${server.label} failed: ${withoutSecrets(text, server)}`;
  const said = sentenceOf(error);
  return `PostgreSQL at ${server.label} ${says}${said === null ? '' : ` (${withoutSecrets(said, server)})`}`;
}

/** What was answered, as opposed to what the driver or the system makes of no answer. */
function sentenceOf(error: unknown): string | null {
  if (error instanceof pg.DatabaseError) return error.message;
  return error instanceof Error ? sentenceOf(error.cause) : null;
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

/** A refusal names the user. No known text of driver or server holds the password; that is for the unknown ones. */
function withoutSecrets(text: string, { user, password }: Server): string {
  const others = user === null || user === '' ? text : text.replaceAll(`"${user}"`, '"…"');
  if (password === null || password === '') return others;
  return others.replaceAll(password, '…').replaceAll(encodeURIComponent(password), '…');
}
