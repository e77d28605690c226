import { describe, expect, it } from 'vitest';
import { createCallOptions } from '../../../src/adapters/eventstoredb/call-options.ts';
import { parseAddress } from '../../../src/adapters/eventstoredb/parse-address.ts';

const callOptionsOf = (url: string) => createCallOptions(parseAddress(url))();

describe('a call to EventStoreDB', () => {
  it('says who asks, and that the leader is to answer', () => {
    const [metadata] = callOptionsOf('esdb://localhost:2113?connectionName=api-1');
    expect(metadata.getMap()).toEqual({ 'connection-name': 'api-1', 'requires-leader': 'true' });
  });

  it('carries user and password over TLS', async () => {
    const [, { credentials }] = callOptionsOf('esdb://ada:s%3Acret@localhost:2113');
    const metadata = await credentials?.generateMetadata({
      service_url: 'https://localhost:2113',
      method_name: '/Read',
    });
    expect(metadata?.get('authorization')).toEqual([`Basic ${Buffer.from('ada:s:cret').toString('base64')}`]);
  });

  it.each(['esdb://ada:secret@localhost:2113?tls=false', 'esdb://localhost:2113'])('has none with %s', (url) => {
    expect(callOptionsOf(url)[1]).toEqual({});
  });

  it('has metadata of its own', () => {
    const next = createCallOptions(parseAddress('esdb://localhost:2113'));
    next()[0].add('connection-name', 'another');
    expect(next()[0].get('connection-name')).toEqual(['eventops']);
  });
});
