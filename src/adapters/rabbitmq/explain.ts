import type { Broker } from './broker.ts';
import { QueueDiffers, QueueMissing } from './topology.ts';

interface Explanation {
  readonly matches: RegExp;
  readonly says: string;
}

/** By what amqplib and Node put into the message or the code; the first match counts. */
const explanations: readonly Explanation[] = [
  {
    matches: /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/,
    says: 'cannot be reached; check that it runs and that AMQP_URL names it',
  },
  {
    matches: /ACCESS_REFUSED - Login was refused|ACCESS-REFUSED/,
    says: 'refuses the user; check user and password in AMQP_URL, and the permissions of that user',
  },
  {
    // The one thing that is refused at this point; amqplib drops the broker's words.
    matches: /Expected ConnectionOpenOk; got <ConnectionClose/,
    says: 'has no such virtual host for this user; create it, give the user its permissions, or correct AMQP_URL',
  },
  {
    matches: /unable to (?:verify|get)|self.signed/i,
    says: 'shows a certificate of an authority that we do not know; name it with NODE_EXTRA_CA_CERTS',
  },
  { matches: /altnames/, says: 'shows a certificate for another name; name it in AMQP_URL as its certificate does' },
  { matches: /certificate/, says: 'and we did not agree on TLS; check its certificate' },
  {
    matches: /opening handshake|SSL|TLS|EPROTO|handshake/i,
    says: 'did not speak AMQP with us; check that port and scheme (amqp:// or amqps://) of AMQP_URL belong to RabbitMQ',
  },
  { matches: /DeadlinePassed|Heartbeat timeout/, says: 'stays silent; check whether it is overloaded or frozen' },
  { matches: /CONNECTION[_-]FORCED/, says: 'was shut down, or an operator closed the connection' },
  { matches: /ECONNRESET|EPIPE|Unexpected close|ended by the other party/, says: 'dropped the connection' },
];

/** One sentence for an operator: which part, where, what happened and what to do. Without user and password. */
export function explain(error: unknown, broker: Broker): string {
  const text = error instanceof Error ? [error.name, codeOf(error), error.message].join(' ') : String(error);
  const isOurs = error instanceof QueueDiffers || error instanceof QueueMissing;
  const says = isOurs ? error.message : explanations.find(({ matches }) => matches.test(text))?.says;
  return `RabbitMQ at ${broker.label} ${says ?? `failed: ${withoutSecrets(text, broker)}`}`;
}

const codeOf = (error: Error) => ('code' in error ? String(error.code) : '');

/** No known text of driver or broker holds the password. This is for the unknown ones. */
function withoutSecrets(text: string, { endpoint: { password = '' } }: Broker): string {
  const forms = [password, encodeURIComponent(password)].filter((form) => form !== '');
  return forms.reduce((cleaned, form) => cleaned.replaceAll(form, '…'), text);
}
