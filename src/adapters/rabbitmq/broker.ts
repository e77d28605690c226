import type { Options } from 'amqplib';
import { ServerUrlInvalid } from '../../application/failures.ts';

/** Where the broker is, and who we are there. */
export interface Broker {
  /** Scheme, host, port and virtual host. All that is ever said about the broker: the rest is secret. */
  readonly label: string;
  readonly endpoint: Options.Connect;
}

/**
 * A broker that does not answer is given up after two to three of these (amqplib counts whole intervals without a byte), so within
 * 15 s. `?heartbeat=` in the URL, in seconds, takes precedence.
 */
const HEARTBEAT_SECONDS = 5;

/**
 * Reads an AMQP URL (RabbitMQ's URI specification: the path is the virtual host, percent-encoded; none means `/`). TLS
 * trusts what Node trusts; further authorities are added with `NODE_EXTRA_CA_CERTS`.
 * @throws {ServerUrlInvalid} without repeating the URL, which may hold a password.
 */
export function parseBroker(text: string): Broker {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'amqp:' && url.protocol !== 'amqps:'))
    throw new ServerUrlInvalid('the URL of RabbitMQ must begin with amqp:// or amqps://');
  const protocol = url.protocol.slice(0, -1);
  const port = url.port === '' ? (protocol === 'amqp' ? 5672 : 5671) : Number(url.port);
  const vhost = decoded(url.pathname.slice(1)) || '/';
  return {
    label: `${protocol}://${url.hostname}:${port}/${vhost === '/' ? '' : encodeURIComponent(vhost)}`,
    endpoint: {
      protocol,
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port,
      vhost: encodeURIComponent(vhost),
      heartbeat: heartbeatOf(url.searchParams.get('heartbeat')),
      // RabbitMQ lets its default user in from its own machine only.
      username: url.username === '' ? 'guest' : decoded(url.username),
      password: url.username === '' ? 'guest' : decoded(url.password),
    },
  };
}

/** AMQP has two bytes for it, and 0 would mean that nothing is ever given up. */
function heartbeatOf(text: string | null): number {
  if (text === null) return HEARTBEAT_SECONDS;
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= 3_600) return Number(text);
  throw new ServerUrlInvalid('the URL of RabbitMQ has a heartbeat that is no whole number of seconds from 1 to 3600');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ServerUrlInvalid('the URL of RabbitMQ has a % that begins no percent-encoding');
  }
}
