import { describe, expect, it } from 'vitest';
import { parseBroker } from '../../../../src/adapters/rabbitmq/broker.ts';
import { explain } from '../../../../src/adapters/rabbitmq/explain.ts';

describe('the URL of a broker', () => {
  it('says who we are and where, with defaults as RabbitMQ has them', () => {
    expect(parseBroker('amqp://user:p%40ss@host/team%2Fone').endpoint).toEqual({
      ...{ protocol: 'amqp', hostname: 'host', port: 5672, vhost: 'team%2Fone', heartbeat: 5 },
      ...{ username: 'user', password: 'p@ss' },
    });
    expect(parseBroker('amqps://[::1]?heartbeat=30').endpoint).toEqual({
      ...{ protocol: 'amqps', hostname: '::1', port: 5671, vhost: '%2F', heartbeat: 30 },
      ...{ username: 'guest', password: 'guest' },
    });
  });

  it.each([
    ['amqp://user:secret@host:1234/orders', 'amqp://host:1234/orders'],
    ['amqps://user:secret@host', 'amqps://host:5671/'],
    ['amqp://user:secret@[::1]:1/%2f', 'amqp://[::1]:1/'],
  ])('is told without the credentials: %s', (url, label) => {
    expect(parseBroker(url).label).toBe(label);
  });

  it.each(['http://user:secret@host/', 'user:secret@host', 'amqp://user:%E0secret@host/', ''])(
    'that is none is refused and not repeated: %s',
    (url) => {
      expect(() => parseBroker(url)).toThrow(/^the URL of RabbitMQ [^:]*(?:amqp:\/\/ or amqps:\/\/)?$/);
    },
  );
});

describe('a failure of the broker', () => {
  it('is told without the password, whatever the driver says', () => {
    const broker = parseBroker('amqp://user:p%40ss@host/');
    const told = explain(new Error('a driver that repeats amqp://user:p%40ss@host/ and p@ss'), broker);
    expect(told).toBe('RabbitMQ at amqp://host:5672/ failed: Error  a driver that repeats amqp://user:…@host/ and …');
  });

  it.each([
    ['unable to verify the first certificate; try running Node.js with --use-system-ca', 'NODE_EXTRA_CA_CERTS'],
    ['self-signed certificate in certificate chain', 'NODE_EXTRA_CA_CERTS'],
    ["Hostname/IP does not match certificate's altnames", 'another name'],
    ['certificate has expired', 'check its certificate'],
    ['tls_validate_record_header:wrong version number SSL', 'check that port and scheme'],
  ])('over TLS is told with what to do: %s', (message, says) => {
    expect(explain(new Error(message), parseBroker('amqps://host/'))).toContain(says);
  });
});

it.each(['0', '-1', '1.5', '70000', '1e3', '', '0x10'])('a heartbeat of %j is refused, not replaced', (heartbeat) => {
  expect(() => parseBroker(`amqp://host?heartbeat=${heartbeat}`)).toThrow('no whole number of seconds from 1 to 3600');
});
