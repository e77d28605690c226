import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { foundIn, foundInFolder, plantingCanaries } from '../../support/canaries/canaries.ts';
import { startServerProcess } from '../../support/eventstoredb/start-server-process.ts';
import { freePort } from '../../support/free-port.ts';
import { adminToken } from '../../support/processes/data-folder.ts';
import { spawnEventOps } from '../../support/processes/spawn-eventops.ts';

/** PostgreSQL's refusal of a password: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const wrongPassword = (() => {
  const fields = Buffer.from('SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user "eventops"\0\0');
  const head = Buffer.alloc(5, 'E');
  head.writeUInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
})();

/** What may go wrong with a server, one after the other. */
const troubles: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.destroy(),
  (socket) => socket.once('data', () => socket.end(wrongPassword)),
  (socket) => socket.once('data', (piece) => socket.end(`HTTP/1.1 400 Bad Request\r\n\r\n${piece.toString('latin1')}`)),
  (socket) => socket.once('data', (piece) => socket.end(piece)),
];

async function troubledServer() {
  let connections = 0;
  const allMet = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    troubles[connections++ % troubles.length]?.(socket);
    if (connections > troubles.length) allMet.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, allMet: allMet.promise };
}

function folderForTest(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function run(role: string, env: NodeJS.ProcessEnv) {
  const lines: string[] = [];
  const [port, metricsPort] = [await freePort(), await freePort()];
  const onLine = (line: string) => void lines.push(line);
  const args = ['--roles', role];
  const eventops = spawnEventOps({ args, env: { LOG_LEVEL: 'trace', ...env }, port, metricsPort, onLine });
  onTestFinished(() => eventops.kill());
  const textOf = async (at: number, path: string, headers = {}) =>
    (await fetch(`http://127.0.0.1:${at}${path}`, { headers })).text();
  return { eventops, lines, port, metricsPort, textOf };
}

/** With what has a meaning in a URL, so that it stands there in another form than the server gets. */
const inUrl = (secret: string) => encodeURIComponent(`:/${secret}@?`);

it('passwords of servers, and of those that fail, are in no line, answer, metric or file (S10)', async () => {
  const { planted, plant } = plantingCanaries();
  const folder = folderForTest();
  const log = await startServerProcess({ folder: folderForTest() });
  onTestFinished(() => log.kill());
  const database = await troubledServer();
  const { eventops, lines, port, metricsPort, textOf } = await run('api', {
    EVENTSTORE_URL: log.url.replace('://', `://admin:${inUrl(plant('EVENTSTORE_URL'))}@`),
    DATABASE_URL: `postgres://eventops:${inUrl(plant('DATABASE_URL'))}@127.0.0.1:${database.port}/events?application_name=${plant('a parameter')}`,
    DATA_DIR: folder,
  });
  const token = await adminToken(folder);
  await eventops.ready;
  await database.allMet;
  const headers = { authorization: `Bearer ${token}` };
  const found = [
    await textOf(port, '/readyz', headers),
    await textOf(port, `/v1/events?type=${plant('type')}&source=${plant('source')}&failure=${plant('failure')}`, {
      ...{ ...headers, cookie: plant('cookie') },
      ...{ 'user-agent': plant('user agent'), referer: `https://x.example/?key=${plant('referer')}` },
    }),
    await textOf(port, '/v1/events/091e518e-cffb-86e7-867b-354763635bbd/replay', headers),
    await textOf(metricsPort, '/readyz'),
    await textOf(metricsPort, '/metrics'),
  ];
  await eventops.stop();
  expect(found[0]).toContain('read tables');
  expect(JSON.parse(found[1] ?? '')).toMatchObject({ code: 'read-database-unavailable' });
  expect(lines.join('\n')).toContain('request failed');
  expect(lines.length).toBeGreaterThan(1);
  expect(foundIn([...found, ...lines].join('\n'), planted)).toEqual([]);
  expect(foundInFolder(folder, planted)).toEqual([]);
});

it('nor are those of a worker whose log and broker fail', async () => {
  const { planted, plant } = plantingCanaries();
  const folder = folderForTest();
  const [log, broker] = [await troubledServer(), await troubledServer()];
  const file = join(folderForTest(), 'url');
  writeFileSync(file, `amqp://eventops:${inUrl(plant('AMQP_URL_FILE'))}@127.0.0.1:${broker.port}/events`);
  const { eventops, lines, metricsPort, textOf } = await run('worker', {
    EVENTSTORE_URL: `esdb://admin:${inUrl(plant('EVENTSTORE_URL'))}@127.0.0.1:${log.port}?tls=false`,
    AMQP_URL_FILE: file,
    DATA_DIR: folder,
  });
  await Promise.all([log.allMet, broker.allMet]);
  const found = [await textOf(metricsPort, '/readyz'), await textOf(metricsPort, '/metrics')];
  await eventops.stop();
  expect(found[0]).toContain('not-ready');
  expect(lines.length).toBeGreaterThan(1);
  expect(foundIn([...found, ...lines].join('\n'), planted)).toEqual([]);
});

it('nor are those of settings that are wrong, however they are handed over', async () => {
  const { planted, plant } = plantingCanaries();
  const folder = folderForTest();
  const written = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const { eventops, lines } = await run('api', {
    EVENTSTORE_URL: `esdb://admin:${plant('a raw slash')}/x@host`,
    DATABASE_URL_FILE: written('database', `postgres://eventops:${plant('two lines')}@host\npostgres://x`),
    AMQP_URL: `amqp://eventops:${plant('a raw percent')}%zz@host`,
    OIDC_ISSUER: `ftp://${plant('a scheme')}`,
    CORS_ORIGINS: `https://user:${plant('a user in an origin')}@console.example`,
    TRUST_PROXY: plant('a proxy'),
    RATE_LIMIT_PER_MINUTE: plant('a number'),
    DATA_DIR: folder,
  });
  expect(await eventops.ended).toBe(2);
  const text = lines.join('\n');
  for (const name of ['EVENTSTORE_URL', 'DATABASE_URL_FILE', 'AMQP_URL', 'OIDC_ISSUER', 'CORS_ORIGINS', 'TRUST_PROXY'])
    expect(text).toContain(`${name}: `);
  expect(foundIn(text, planted)).toEqual([]);
});
