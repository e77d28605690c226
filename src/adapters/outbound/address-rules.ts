import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What IANA gives to hosts that anyone may reach; what embeds an IPv4 address is elsewhere, and 6to4 has its own range. */
const globalUnicast: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/**
 * Whether an address, as text, is one of the public internet: no private, loopback, link-local or otherwise special one,
 * also not written as IPv6, and none with a zone.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(globalUnicast);
}
