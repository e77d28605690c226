import { BlockList, isIP, isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** Whether what an address says about whom it passes on is believed. */
export type IsProxy = (address: string) => boolean;

/** @param proxies addresses, and networks as in 10.0.0.0/8. */
export function proxiesAmong(proxies: readonly string[]): IsProxy {
  const list = new BlockList();
  for (const each of proxies) {
    const [address = '', prefix] = each.split('/', 2);
    if (prefix === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** The name of an interface may follow on an address of IPv6, and be as long as the header that it comes in. */
const LONGEST_ADDRESS = 100;

/** Where a request comes from. What a proxy passes on that is no address is not believed: then it is the proxy's own. */
export const addressOf = ({ ip, socket }: FastifyRequest): string =>
  isIP(ip) === 0 || ip.length > LONGEST_ADDRESS ? (socket.remoteAddress ?? '') : ip;

/** What counts as one address: of IPv6 the first 64 bits, because whoever has one address there has all of them. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  // In the one form that RFC 5952 gives it, without the name of an interface.
  const written = new URL(`http://[${address.replace(/%.*/, '')}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(written) ?? [];
  if (high !== undefined && low !== undefined)
    return [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]).join('.');
  const [before = [], after] = written.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: 8 - before.length - (after?.length ?? 0) }, () => '0');
  return `${[...before, ...zeros, ...(after ?? [])].slice(0, 4).join(':')}::/64`;
}
