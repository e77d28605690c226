import { describe, expect, it } from 'vitest';
import { explain } from '../../../../src/adapters/postgres/explain.ts';

const server = { label: 'host:5432/events', user: 'writer', password: 's3cr#t' };

describe('what keeps us from PostgreSQL', () => {
  it.each([
    ['unable to verify the first certificate; try running Node.js with --use-system-ca', 'sslrootcert='],
    ['self-signed certificate in certificate chain', 'sslrootcert='],
    ["Hostname/IP does not match certificate's altnames", 'another name'],
    ['certificate has expired', 'check its certificate'],
    ['The server does not support SSL connections', 'sslmode='],
  ])('over TLS is told with what to do, also when it is a cause: %s', (message, says) => {
    const error = new Error('The read database did not answer', { cause: new Error(message) });
    expect(explain(error, server)).toMatch(/^PostgreSQL at host:5432\/events /);
    expect(explain(error, server)).toContain(says);
  });
});
