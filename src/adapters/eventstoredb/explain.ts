import type { Address } from './parse-address.ts';
import { ServerTooOld } from './server-version.ts';

interface Explanation {
  readonly matches: RegExp;
  readonly says: string;
}

/** By what grpc-js, Node and EventStoreDB put into the message; the first match counts. */
const explanations: readonly Explanation[] = [
  {
    matches: /unable to (?:verify|get)|self.signed/i,
    says: 'shows a certificate of an authority that we do not know; name it with tlsCAFile=… in EVENTSTORE_URL',
  },
  {
    matches: /altnames/,
    says: 'shows a certificate for another name; name it in EVENTSTORE_URL as its certificate does',
  },
  {
    matches: /certificate|SSL|TLS|EPROTO|wrong version number/i,
    says: 'and we did not agree on TLS; check its certificate, or say tls=false for a server without',
  },
  {
    matches: /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|Name resolution failed/,
    says: 'cannot be reached; check that it runs and that EVENTSTORE_URL names it',
  },
  {
    matches: /Failed to discover/,
    says: 'has no node that answers; check that they run and that EVENTSTORE_URL names them',
  },
  {
    matches: /Access Denied|PERMISSION_DENIED|UNAUTHENTICATED/i,
    says: 'refuses the user; check user and password in EVENTSTORE_URL, and that the access list of $all lets it read',
  },
  { matches: /Server Is Not Ready|No leader info/, says: 'is not ready: it starts, or its cluster elects a leader' },
  { matches: /Server Is (?:Too )?Busy/, says: 'is too busy to answer' },
  { matches: /Leader info available/, says: 'is not the leader of its cluster' },
  {
    matches: /UNIMPLEMENTED|Protocol error|HTTP status|Parse Error|NGHTTP2|http2/i,
    says: 'did not speak its protocol with us; check that host, port and tls=… of EVENTSTORE_URL belong to EventStoreDB',
  },
  {
    matches: /DeadlinePassed|DEADLINE_EXCEEDED|timed out/i,
    says: 'stays silent; check whether it is overloaded or frozen',
  },
  { matches: /ECONNRESET|EPIPE|Connection dropped|CANCELLED|ended by the server/, says: 'dropped the connection' },
  {
    matches: /No connection established/,
    says: 'takes no connection; check that host and port of EVENTSTORE_URL belong to EventStoreDB',
  },
];

/** One sentence for an operator: which part, where, what happened and what to do. Without user and password. */
export function explain(error: unknown, address: Address): string {
  if (error instanceof ServerTooOld) return `EventStoreDB at ${address.label} ${error.message}`;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const says = explanations.find(({ matches }) => matches.test(text))?.says;
  return `EventStoreDB at ${address.label} ${says ?? `failed: ${withoutSecrets(text, address)}`}`;
}

/** No known text of driver or server holds the password. This is for the unknown ones. */
function withoutSecrets(text: string, { credentials }: Address): string {
  if (credentials === null) return text;
  const { username, password } = credentials;
  const forms = [password, encodeURIComponent(password), Buffer.from(`${username}:${password}`).toString('base64')];
  return forms.filter((form) => form !== '').reduce((cleaned, form) => cleaned.replaceAll(form, '…'), text);
}
