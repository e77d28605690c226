import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/adapters/eventstoredb/parse-address.ts';

const problemOf = (text: string) => {
  try {
    parseAddress(text);
    return 'none';
  } catch (error) {
    return error instanceof TypeError ? error.message : String(error);
  }
};

describe('the address of EventStoreDB', () => {
  it('names one node, with TLS by default', () => {
    const { endPoints, discover, tls, credentials, label } = parseAddress('esdb://log.example');
    expect(endPoints).toEqual([{ address: 'log.example', port: 2113 }]);
    expect([discover, tls, credentials, label]).toEqual([false, {}, null, 'esdb://log.example:2113']);
  });

  it('names a cluster by one name, or by several nodes', () => {
    expect(parseAddress('esdb+discover://cluster.example:2114')).toMatchObject({
      discover: true,
      label: 'esdb+discover://cluster.example:2114',
    });
    expect(parseAddress('esdb://a:1,b:2,c')).toMatchObject({
      discover: true,
      endPoints: [
        { address: 'a', port: 1 },
        { address: 'b', port: 2 },
        { address: 'c', port: 2113 },
      ],
    });
  });

  it("takes the scheme of the server's newer name for the same", () => {
    const { label: _, ...older } = parseAddress('esdb+discover://admin:s3cret@a,b?tls=false');
    const { label, ...newer } = parseAddress('kurrentdb+discover://admin:s3cret@a,b?tls=false');
    expect(newer).toEqual(older);
    expect(label).toBe('kurrentdb+discover://a:2113,b:2113');
    expect(parseAddress('kurrentdb://a').discover).toBe(false);
  });

  it('takes an address of IPv6 in brackets', () => {
    expect(parseAddress('esdb://[::1]:2113?tls=false').endPoints).toEqual([{ address: '[::1]', port: 2113 }]);
  });

  it('takes options however they are spelled', () => {
    const { tls, options } = parseAddress(
      'esdb://h/?TLS_CA_FILE=%2Fetc%2Fca.pem&keepaliveinterval=9000&nodePreference=readOnlyReplica&connection-name=x%20y',
    );
    expect(tls).toEqual({ caFile: '/etc/ca.pem' });
    expect(options).toMatchObject({
      keepAliveInterval: 9_000,
      nodePreference: 'read_only_replica',
      connectionName: 'x y',
    });
    expect(parseAddress('esdb://h?tls=false').tls).toBeNull();
  });

  it('keeps a password whole, colons, at signs and percent-encoding included', () => {
    expect(parseAddress('esdb://admin:a:b%2Fc%40@d@host').credentials).toEqual({
      username: 'admin',
      password: 'a:b/c@@d',
    });
  });

  it.each([
    ['', 'must look like esdb://host:2113'],
    ['http://host', 'must look like esdb://host:2113'],
    ['esdb://', 'needs hosts'],
    ['esdb://host:0', 'needs hosts'],
    ['esdb://host:70000', 'needs hosts'],
    ['esdb://host:port', 'needs hosts'],
    ['esdb://a,,b', 'needs hosts'],
    ['esdb://user@host', 'needs user:password before the @'],
    ['esdb://u:%zz@host', 'has a % that begins no percent-encoding'],
    ['esdb://host?tls=perhaps', 'has an option tls that is none of true, false'],
    ['esdb://host?keepAliveTimeout=soon', 'has an option keepAliveTimeout that is not a number'],
    ['esdb://host?gossipTimeout=0', 'has an option gossipTimeout that is not a number from 1 on'],
    ['esdb://host?timeout=1', 'has an unknown option: timeout'],
    ['esdb://host?tlsVerifyCert=false', 'tlsCAFile'],
    ['esdb://host?throwOnAppendFailure=false', 'has no effect here'],
    ['esdb://host?defaultDeadline=100', 'has no effect here'],
  ])('is refused when it is none: %s', (text, problem) => {
    expect(problemOf(text)).toContain(problem);
  });

  it('never repeats what may be a password', () => {
    const secret = fc.string({ minLength: 6, maxLength: 20, unit: fc.constantFrom(...'Zqxj%:/?@&=#, ') });
    fc.assert(
      fc.property(secret, fc.constantFrom('', ':', ':x', '?', '?a=b', '/', ','), (password, rest) => {
        const marked = `Zq${password}jX`;
        expect(problemOf(`esdb://user:${marked}@host${rest}&nonsense`)).not.toContain(marked);
        expect(problemOf(`esdb:/user:${marked}@host`)).not.toContain('Zq');
      }),
    );
  });
});
