import { CallCredentials, type CallOptions, Metadata } from '@grpc/grpc-js';
import type { Address } from './parse-address.ts';

/** What goes with every call: who asks, and that only the leader is to answer. */
export function createCallOptions({
  tls,
  credentials,
  options,
}: Pick<Address, 'tls' | 'credentials' | 'options'>): () => [Metadata, CallOptions] {
  const metadata = new Metadata();
  metadata.add('connection-name', options.connectionName);
  // A follower that is behind would not know what was appended a moment ago.
  metadata.add('requires-leader', 'true');
  // Without TLS neither side uses them.
  const callOptions = tls === null || credentials === null ? {} : { credentials: basic(credentials) };
  return () => [metadata.clone(), callOptions];
}

/** RFC 7617. */
function basic({ username, password }: NonNullable<Address['credentials']>): CallCredentials {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return CallCredentials.createFromMetadataGenerator((_, answer) => {
    const metadata = new Metadata();
    metadata.add('authorization', authorization);
    answer(null, metadata);
  });
}
