import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { logForTest, serverForTest } from '../../support/event-log/eventstoredb/with-server.ts';
import { follow } from '../../support/event-log/follow.ts';
import { describeOutcome, request } from '../../support/event-log/transitions.ts';

const PASSWORD = 'pa:ss/word';
const user = `admin:${encodeURIComponent(PASSWORD)}`;
const forms = [PASSWORD, encodeURIComponent(PASSWORD), Buffer.from(`admin:${PASSWORD}`).toString('base64')];

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const places: Readonly<Record<string, () => Promise<string>>> = {
  'nobody is there': async () => '127.0.0.1:9?tls=false',
  'the name is unknown': async () => 'nowhere.invalid?tls=false',
  'a web server is there': async () =>
    `127.0.0.1:${await portOf(createHttpServer((_, answer) => answer.end('hi')))}?tls=false`,
  'a server without TLS is there': async () => `127.0.0.1:${(await serverForTest()).port}`,
  'connections are closed at once': async () =>
    `127.0.0.1:${await portOf(createTcpServer((socket) => socket.destroy()))}?tls=false`,
  'a server refuses everything': async () => {
    const server = await serverForTest();
    await server.faults.set({ fault: 'access-denied' });
    return `127.0.0.1:${server.port}?tls=false`;
  },
};

it.each(Object.keys(places))('the password in the URL appears nowhere when %s', async (name) => {
  const place = await places[name]?.();
  const log = logForTest(`esdb://${user}@${place}`);
  const follower = follow(log);
  const following = follower.next();
  const said = [
    await log.health(),
    describeOutcome(await log.append(request())),
    await log
      .readStream('event-1')
      .then(String, (error: Error) => `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`),
    await log.head().then(String, String),
    log.unhealthyReason(),
    ...log.lines,
  ].join('\n');
  await log.close();
  await following;
  expect(said).toContain('EventStoreDB at esdb://');
  for (const form of forms) expect(said).not.toContain(form);
});

it('a URL that is none is refused at once, without the password', () => {
  for (const url of [`esdb://${user}@`, `esdb:${user}@host`, `esdb://${user}@host:port`, `esdb://${user}@host?x=1`]) {
    let message = '';
    try {
      logForTest(url);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('the URL of EventStoreDB');
    for (const form of forms) expect(message).not.toContain(form);
  }
});
