import { EventEmitter } from 'node:events';
import { Server } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { capConnections, connectionsWithin } from '../../../src/api/connections.ts';

const usual = { connections: 2_048, connectionsOfOneAddress: 1_024, surplusConnections: 64 };

describe('the connections of a process', () => {
  it.each([
    ['the system does not tell how many files it may open', null],
    ['there are files for twice as many and for everything else', 128 + 2 * 2_048],
  ])('are as many as ever where %s', (_, openFiles) => {
    expect(connectionsWithin(openFiles, usual)).toEqual(usual);
  });

  it.each([1, 170, 256, 1_024, 4_000])(
    'leave the log and the read tables their files where it may open %i',
    (openFiles) => {
      const { connections, connectionsOfOneAddress, surplusConnections } = connectionsWithin(openFiles, usual);
      expect(connections + surplusConnections).toBeLessThanOrEqual(Math.max(5, openFiles - 128));
      expect(connectionsOfOneAddress, 'one address does not have all').toBeLessThan(connections);
    },
  );

  it('are some, however few files there may be', () => {
    expect(connectionsWithin(1, usual)).toEqual({ connections: 4, connectionsOfOneAddress: 2, surplusConnections: 1 });
  });

  it('are never more than the limits', () => {
    const few = { connections: 10, connectionsOfOneAddress: 3, surplusConnections: 1 };
    expect(connectionsWithin(1_000_000, few)).toEqual(few);
  });
});

describe.each([1, 2, 3])('of %i connections that one address may have', (connectionsOfOneAddress) => {
  const limits = { connections: 100, connectionsOfOneAddress, surplusConnections: 8 };
  const opening = (isProxy?: (address: string) => boolean) => {
    const server = new Server();
    const connections = capConnections(server, limits, isProxy);
    return (remoteAddress: string) => {
      const socket = Object.assign(new EventEmitter(), { remoteAddress, destroy: () => {} }) as unknown as Socket;
      server.emit('connection', socket);
      return { isRefused: connections.isSurplus(socket), close: () => socket.emit('close') };
    };
  };

  it('all are taken and no more, until one is closed', () => {
    const open = opening();
    const taken = Array.from({ length: connectionsOfOneAddress }, () => open('203.0.113.7'));
    expect(taken.map(({ isRefused }) => isRefused)).not.toContain(true);
    const surplus = open('203.0.113.7');
    expect(surplus.isRefused).toBe(true);
    expect(open('203.0.113.8').isRefused).toBe(false);
    surplus.close();
    taken[0]?.close();
    expect(open('203.0.113.7').isRefused).toBe(false);
  });

  it('the same holds for all addresses of one network of IPv6, and for IPv4 however it is written', () => {
    const open = opening();
    for (let each = 0; each < connectionsOfOneAddress; each++) {
      expect(open(`2001:db8::${each}`).isRefused).toBe(false);
      expect(open('203.0.113.7').isRefused).toBe(false);
    }
    expect(open('2001:db8::ffff:1').isRefused).toBe(true);
    expect(open('2001:db8:0:1::1').isRefused).toBe(false);
    expect(open('::ffff:203.0.113.7').isRefused).toBe(true);
  });

  it('a proxy may have more, as they are those of many clients', () => {
    const open = opening((address) => address === '10.0.0.7');
    for (let each = 0; each < 2 * connectionsOfOneAddress; each++) expect(open('10.0.0.7').isRefused).toBe(false);
    for (let each = 0; each < connectionsOfOneAddress; each++) open('10.0.0.8');
    expect(open('10.0.0.8').isRefused).toBe(true);
  });
});
