import type { lookup } from 'node:dns';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../../src/adapters/outbound/address-rules.ts';
import { createOutboundHttp, type OutboundOptions } from '../../../../src/adapters/outbound/outbound-http.ts';
import { OutboundFailed, OutboundRefused } from '../../../../src/application/failures.ts';

/** A server within the house: whoever is not meant to reach it must not even connect. */
let server: Server;
let port = 0;
let connections = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/silent') return;
    if (request.url === '/large') return void response.end('x'.repeat(70_000));
    if (request.url === '/moved') return void response.writeHead(302, { location: '/json' }).end();
    response.end('{"a":1}');
  }).on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '::' }, resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Resolves every name as the test says. */
const resolvingTo = (...addresses: readonly string[]) =>
  ((_name: string, _options: object, callback: (error: null, all: object[]) => void) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )) as unknown as typeof lookup;

const ask = (url: string, given: Partial<OutboundOptions> = {}) =>
  createOutboundHttp({ trustedOrigins: [], ...given }).get(new URL(url));

const inTheHouse = [
  ...['127.0.0.1', '127.1', '127.255.255.254', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '017700000001'],
  ...['0.0.0.0', '0', '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255'],
  ...['169.254.169.254', '169.254.0.1', '100.64.0.1', '100.127.255.255', '192.0.0.1', '192.0.0.170', '192.0.2.1'],
  ...['198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1'],
  ...['255.255.255.255', '2852039166', '0xa9fea9fe', '0xA9.254.0xA9.254', '0251.0376.0251.0376', '192.88.99.1'],
  ...['[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:a9fe:a9fe]'],
  ...['[::ffff:10.0.0.1]', '[::ffff:0:127.0.0.1]', '[::127.0.0.1]', '[::7f00:1]', '[::a9fe:a9fe]'],
  ...['[64:ff9b::7f00:1]', '[64:ff9b::a9fe:a9fe]', '[64:ff9b:1::7f00:1]', '[64:ff9b::8.8.8.8]'],
  ...['[2002:7f00:1::]', '[2002:a9fe:a9fe::]', '[2002:c0a8:1::1]', '[2001:0:7f00:1::]', '[2001::1]'],
  ...['[fe80::1]', '[febf::1]', '[fec0::1]', '[fc00::1]', '[fd00::1]', '[fd00:ec2::254]', '[fd12:3456:789a::1]'],
  ...['[ff02::1]', '[ff0e::1]', '[100::1]', '[2001:db8::1]', '[2001:2::1]', '[2001:10::1]', '[2001:20::1]'],
  ...['[3fff::1]', '[5f00::1]', '[4000::1]', '[::ffff:192.168.1.1]', '[::ffff:0.0.0.0]'],
];
const names = ['localhost', 'metadata.google.internal', 'internal.example', 'a.rebinding.example', 'shop.example.'];

describe('a request to another server', () => {
  it.each(inTheHouse)('is not sent to an address of the house: %s', async (host) => {
    const before = connections;
    await expect(ask(`http://${host}/`)).rejects.toThrow(OutboundRefused);
    await expect(ask(`http://${host}:${port}/json`)).rejects.toThrow(OutboundRefused);
    await expect(ask(`https://${host}/`)).rejects.toThrow(OutboundRefused);
    expect(connections).toBe(before);
  });

  it.each(names.flatMap((name) => ['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.2.3'].map((to) => [name, to])))(
    'is not sent to a name of the house: %s, which is %s',
    async (name, address) => {
      const before = connections;
      for (const addresses of [[address], ['93.184.215.14', address]])
        await expect(ask(`http://${name}/`, { resolve: resolvingTo(...addresses) })).rejects.toThrow(OutboundRefused);
      expect(connections).toBe(before);
    },
  );

  it('goes to the address that was checked, whatever the name is resolved to next', async () => {
    let asked = 0;
    const resolve = ((name: string, options: object, callback: never) => {
      asked++;
      const addresses = asked === 1 ? ['192.0.2.1'] : ['127.0.0.1'];
      return (resolvingTo(...addresses) as unknown as (...given: unknown[]) => void)(name, options, callback);
    }) as unknown as typeof lookup;
    await expect(ask('http://rebinding.example/', { resolve })).rejects.toThrow(OutboundRefused);
    expect(asked).toBe(1);
  });

  it.each([
    'file:///etc/passwd',
    'ftp://example.com/',
    'data:application/json,{}',
    'gopher://example.com/',
    'http://user:secret@example.com/',
    'https://user@example.com/',
    'http://example.com:22/',
    'http://example.com:8080/',
    'https://example.com:6379/',
  ])('is of a kind that is sent at all: %s', async (url) => {
    const failure = await ask(url).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(OutboundRefused);
    expect((failure as Error).message).not.toContain('secret');
  });
});

describe('a server that a setting names', () => {
  const trusted = (limits: NonNullable<OutboundOptions['limits']> = {}) => ({
    trustedOrigins: [`http://127.0.0.1:${port}`],
    limits,
  });
  const at = (path: string) => `http://127.0.0.1:${port}${path}`;

  it('may be in the house', async () => {
    expect(await ask(at('/json'), trusted())).toEqual({ status: 200, body: '{"a":1}' });
  });

  it('is named with its port and scheme', async () => {
    await expect(ask(`https://127.0.0.1:${port}/json`, trusted())).rejects.toThrow(OutboundRefused);
    await expect(ask('http://127.0.0.1:1/json', trusted())).rejects.toThrow(OutboundRefused);
    await expect(ask(`http://localhost:${port}/json`, trusted())).rejects.toThrow(OutboundRefused);
  });

  it('is not followed when it sends elsewhere', async () => {
    expect(await ask(at('/moved'), trusted())).toMatchObject({ status: 302 });
  });

  it.each([
    ['says too much', '/large', {}, 'more than 65536 bytes'],
    ['says nothing', '/silent', { deadlineMs: 50 }, 'no whole answer within 50 ms'],
  ])('fails when it %s', async (_, path, limits, message) => {
    const failure = await ask(at(path), trusted(limits)).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(OutboundFailed);
    expect((failure as Error).message).toContain(message);
  });
});

it.each(['8.8.8.8', '93.184.215.14', '172.15.255.255', '172.32.0.1', '2606:2800:21f:cb07::1', '::ffff:8.8.8.8'])(
  'an address of the public internet is one: %s',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);
it.each(['', 'localhost', 'fe80::1%eth0', '8.8.8.8%eth0', '1.2.3', '::g'])('and this is none: %s', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});
