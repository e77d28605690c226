// The full profile on this machine without Docker: `npm run full`, or `npm run full -- --scale worker=2 --scale api=2`.
// Starts the servers that no setting names and one process of each role but the anchor, and stops all that it started.
import { parseArgs } from 'node:util';
import { type Config, readConfig, SettingsInvalid } from '../src/config/config.ts';
import { type Role, roles, startProcesses } from './full/processes.ts';
import { dataFolderFor, findOrStart, type Server, ServerMissing } from './full/servers.ts';

const WRONG_USE = 2;
const print = (line: string) => process.stdout.write(`${line}\n`);
const tell = (line: string) => process.stderr.write(`${line}\n`);

function leave(code: number, message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

function countsFrom(scales: readonly string[]): Record<Role, number> {
  const counts: Record<Role, number> = { api: 1, projector: 1, dispatcher: 1, worker: 1, explainer: 1 };
  for (const scale of scales) {
    const [, name, count] = /^(\w+)=(\d{1,2})$/.exec(scale) ?? [];
    const role = roles.find((each) => each === name);
    if (role === undefined) leave(WRONG_USE, `--scale takes a role and a number, such as worker=2, not '${scale}'`);
    counts[role] = Number(count);
  }
  return counts;
}

function scalesAsked(): readonly string[] {
  try {
    return parseArgs({ options: { scale: { type: 'string', multiple: true, default: [] } } }).values.scale;
  } catch (error) {
    return leave(WRONG_USE, (error as Error).message);
  }
}

function configFromEnvironment(): Config {
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof SettingsInvalid)) throw error;
    return leave(WRONG_USE, error.message);
  }
}

// Whoever watches may stop watching; the processes go on until they are stopped.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
const counts = countsFrom(scalesAsked());
const config = configFromEnvironment();
const stopRequested = new Promise<void>((resolve) => {
  process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
});
const folder = dataFolderFor(config.dataFolder);
tell(`The full profile; servers that are ours keep their data in ${folder}`);

const outcomes = await Promise.allSettled([
  findOrStart('EVENTSTORE_URL', config.eventStoreUrl, folder),
  findOrStart('DATABASE_URL', config.databaseUrl, folder),
  findOrStart('AMQP_URL', config.amqpUrl, folder),
]);
const servers: Server[] = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
const stopServers = () => Promise.all(servers.map((server) => server.stop()));
const problems = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []));
if (problems.length > 0) {
  await stopServers();
  leave(1, problems.map((each) => (each instanceof ServerMissing ? each.message : `${each.stack}`)).join('\n'));
}
for (const { description } of servers) tell(`  ${description}`);

try {
  const env = {
    DATA_DIR: config.dataFolder,
    // Read already: given another time, they would be given twice.
    ...{ EVENTSTORE_URL_FILE: '', DATABASE_URL_FILE: '', AMQP_URL_FILE: '' },
    ...Object.fromEntries(servers.map(({ setting, url }) => [setting, url])),
  };
  const { port, metricsPort } = config;
  const processes = await startProcesses({ counts, env, port, metricsPort, print });
  print(`All are ready: ${roles.map((role) => `${counts[role]} ${role}`).join(', ')}. Ctrl-C stops everything.`);
  const failure = await Promise.race([stopRequested, processes.failed]);
  tell('Stopping …');
  await processes.stop();
  if (failure) throw failure;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
await stopServers();
tell('Everything that was started here has stopped.');
