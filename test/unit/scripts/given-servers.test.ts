import { expect, it } from 'vitest';
import { findOrStart } from '../../../scripts/full/servers.ts';

it.each([
  ['EVENTSTORE_URL', 'esdb://admin:s3cret@one:2113,two:2113,three?tls=false', 'esdb://one:2113,two:2113,three:2113'],
  ['EVENTSTORE_URL', 'kurrentdb+discover://cluster.example', 'kurrentdb+discover://cluster.example:2113'],
  ['DATABASE_URL', 'postgres://eventops:s3cret@tables.example/events', 'tables.example:5432/events'],
  ['AMQP_URL', 'amqps://eventops:s3cret@broker.example/shop', 'amqps://broker.example:5671/shop'],
] as const)('%s that is given is used and named without its password: %s', async (setting, url, label) => {
  const server = await findOrStart(setting, url, '/nowhere');
  expect(server).toMatchObject({ setting, url, description: `${setting} is given: ${label}` });
});

it('a URL that cannot be used is refused by its setting, and not repeated', async () => {
  await expect(findOrStart('EVENTSTORE_URL', 'esdb://admin:s3cret@host:x', '/nowhere')).rejects.toMatchObject({
    name: 'ServerMissing',
    message: expect.stringMatching(/^EVENTSTORE_URL: the URL of EventStoreDB needs hosts written as(?!.*s3cret)/),
  });
});
