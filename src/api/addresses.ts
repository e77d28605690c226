import { BlockList, isIP, isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';

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

/** Where a request comes from. What a proxy passes on that is no address is not believed: then it is the proxy's own. */
export const addressOf = ({ ip, socket }: FastifyRequest): string =>
  isIP(ip) === 0 ? (socket.remoteAddress ?? '') : ip;

/** What counts as one address: of IPv6 the first 64 bits, because whoever has one address there has all of them. */
export function networkOf(address: string): string {
  if (!address.includes(':') || isIP(address) === 0) return address;
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
