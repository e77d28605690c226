import { describe, expect, it } from 'vitest';
import { connectionsWithin } from '../../../src/api/connections.ts';

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
