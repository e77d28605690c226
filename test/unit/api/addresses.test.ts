import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { addressOf, networkOf, proxiesAmong } from '../../../src/api/addresses.ts';

describe('one address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['1:0:0:2:0:0:0:1', '1:0:0:2::/64'],
    ['2001:0DB8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', ''],
    ['unix:', 'unix:'],
  ])('is all that one client has: %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('a proxy', () => {
  const isProxy = proxiesAmong(['10.0.0.7', '192.168.0.0/16', '2001:db8::/32']);

  it.each(['10.0.0.7', '::ffff:10.0.0.7', '192.168.255.1', '2001:db8:ffff::1'])(
    'is one that is named: %s',
    (address) => {
      expect(isProxy(address)).toBe(true);
    },
  );

  it.each(['10.0.0.8', '192.169.0.1', '2001:db9::1', '::1', '', 'localhost', '10.0.0.7 '])(
    'is none that is not: %j',
    (address) => {
      expect(isProxy(address)).toBe(false);
    },
  );

  it('that passes on what is no address is itself who asks', () => {
    const request = (ip: string) => ({ ip, socket: { remoteAddress: '10.0.0.7' } }) as unknown as FastifyRequest;
    for (const ip of ['203.0.113.9', '2001:db8:0:1:2:3:4:5', '::ffff:203.0.113.9', 'fe80::1%eth0'])
      expect(addressOf(request(ip))).toBe(ip);
    const others = ['203.0.113.9\r\nforged', '\u001b[31m203.0.113.9', `fe80::1%${'e'.repeat(100)}`];
    for (const ip of ['unknown', '203.0.113.9:4711', 'x'.repeat(10_000), '"};alert(1)', ...others])
      expect(addressOf(request(ip))).toBe('10.0.0.7');
  });
});
