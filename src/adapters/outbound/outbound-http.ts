import { lookup } from 'node:dns';
import { type IncomingHttpHeaders, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { OutboundFailed, OutboundRefused } from '../../application/failures.ts';
import type { OutboundAnswerWithHeaders, OutboundHttp, OutboundPost } from '../../application/ports/outbound-http.ts';
import { isPublicAddress } from './address-rules.ts';

export const outboundLimits = {
  /** From the start of a request to the end of its answer. */
  deadlineMs: 5_000,
  answerBytes: 64 * 1024,
} as const;

export interface OutboundOptions {
  /**
   * Origins that a setting names: an operator may keep a server in a private network. Whatever else is asked (because
   * an answer names it, for instance) has to be on the public internet, at a usual port.
   */
  readonly trustedOrigins: readonly string[];
  readonly limits?: Partial<{ readonly [Limit in keyof typeof outboundLimits]: number }>;
  /** How names are resolved; as the system does, by default. */
  readonly resolve?: typeof lookup;
}

const usualPorts = new Set(['', '80', '443']);

/**
 * The one way in which this system asks other servers. What it may reach is decided where the connection is made: the
 * address that was checked is the address that is used, whatever a name resolves to a moment later.
 */
export function createOutboundHttp({ trustedOrigins, limits, resolve = lookup }: OutboundOptions): OutboundHttp {
  const { deadlineMs, answerBytes } = { ...outboundLimits, ...limits };
  const trusted = new Set(trustedOrigins);

  async function send(url: URL, { method, headers, body, signal: given }: Sent): Promise<OutboundAnswerWithHeaders> {
    const isTrusted = trusted.has(url.origin);
    mayAsk(url, isTrusted);
    const deadline = AbortSignal.timeout(deadlineMs);
    const signal = given === undefined ? deadline : AbortSignal.any([deadline, given]);
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise<OutboundAnswerWithHeaders>((resolveAnswer, reject) => {
      const failed = (error: Error) => reject(failureOf(error, url, deadline.aborted ? deadlineMs : null));
      const options = {
        agent: false,
        ...{ method, signal },
        headers: { accept: 'application/json', ...headers, 'accept-encoding': 'identity' },
        ...(isTrusted ? {} : { lookup: publicAddressesOnly(resolve) }),
      } as const;
      request(url, options, (response) => {
        const pieces: Buffer[] = [];
        let bytes = 0;
        response.on('data', (piece: Buffer) => {
          bytes += piece.length;
          if (bytes > answerBytes) response.destroy(new Error(`the answer has more than ${answerBytes} bytes`));
          else pieces.push(piece);
        });
        response.once('error', failed);
        response.once('end', () =>
          resolveAnswer({
            status: response.statusCode ?? 0,
            headers: headersOf(response.headers),
            body: Buffer.concat(pieces).toString('utf8'),
          }),
        );
      })
        .once('error', failed)
        .end(body);
    });
  }

  return {
    async get(url) {
      const { status, body } = await send(url, { method: 'GET', headers: {} });
      return { status, body };
    },
    post: (url, given) =>
      send(url, {
        ...given,
        method: 'POST',
        headers: { ...given.headers, 'content-length': String(Buffer.byteLength(given.body)) },
      }),
  };
}

interface Sent extends Pick<OutboundPost, 'headers' | 'signal'> {
  readonly method: 'GET' | 'POST';
  readonly body?: string;
}

const headersOf = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );

/** @throws {OutboundRefused} */
function mayAsk(url: URL, isTrusted: boolean): void {
  const refuse = (why: string) => {
    throw new OutboundRefused(`${url.origin} is not asked: ${why}`);
  };
  if (url.protocol !== 'https:' && url.protocol !== 'http:') refuse('only http and https are');
  if (url.username !== '' || url.password !== '') refuse('the URL holds a user or password');
  if (isTrusted) return;
  if (!usualPorts.has(url.port)) refuse('the port is none of 80 and 443');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isPublicAddress(host)) refuse('the address is not one of the public internet');
}

const publicAddressesOnly =
  (resolve: typeof lookup): LookupFunction =>
  (hostname, options, callback) =>
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
        return callback(
          new OutboundRefused(`${hostname} is not asked: it has an address outside the public internet`),
          '',
        );
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });

function failureOf(error: Error, { origin }: URL, lateAfterMs: number | null): Error {
  if (error instanceof OutboundRefused) return error;
  const why = lateAfterMs === null ? error.message : `no whole answer within ${lateAfterMs} ms`;
  return new OutboundFailed(`${origin} gave no answer: ${why}`, { cause: error });
}
