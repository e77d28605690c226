import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GenericContainer, Wait } from 'testcontainers';
import { parseAddress } from '../../../../src/adapters/eventstoredb/parse-address.ts';
import type { Checkpoint } from '../../../../src/application/ports/event-log.ts';
import type { EventLogHarness, LogPlace } from '../../../contract/event-log/harness.ts';
import { openTestLog, type TestLog } from './open-log.ts';
import { type Proxy, startProxy } from './proxy.ts';

export interface RealServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** EventStoreDB at EVENTSTORE_URL, else one from Docker, else why there is none. */
export async function findRealServer(): Promise<RealServer | { readonly missing: string }> {
  const url = process.env['EVENTSTORE_URL'];
  if (url !== undefined && url !== '') return { url, stop: async () => {} };
  const dockerRuns = await promisify(execFile)('docker', ['info'], { timeout: 5_000 }).then(
    () => true,
    () => false,
  );
  return dockerRuns ? startContainer() : { missing: 'EVENTSTORE_URL is not set, and Docker does not run here' };
}

async function startContainer(): Promise<RealServer> {
  const container = await new GenericContainer('kurrentplatform/kurrentdb:25.1')
    .withEnvironment({ KURRENTDB_INSECURE: 'true', KURRENTDB_MEM_DB: 'true' })
    .withExposedPorts(2113)
    .withWaitStrategy(Wait.forLogMessage(/IS LEADER/))
    .start();
  return {
    url: `esdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`,
    stop: async () => void (await container.stop()),
  };
}

const OF_THE_SERVER = 'the server is not ours to harm';
const NO_PROXY = 'TLS names the server, and the nodes of a cluster name each other: nothing can stand in between';
const ONE_LOG = 'a server has one log, which all tests share';

/** A real server is one log for all tests, and nothing can be done to it but to the network on the way. */
export function realServerHarness(url: string): EventLogHarness {
  return {
    createPlace: () => createRealPlace(url),
    lacks: {
      ...(isPlain(url) ? {} : { silence: NO_PROXY, interruptions: NO_PROXY }),
      separation: ONE_LOG,
      kill: OF_THE_SERVER,
      connection: `${OF_THE_SERVER}, and answers as it likes`,
      backup: OF_THE_SERVER,
      failures: OF_THE_SERVER,
      users: OF_THE_SERVER,
    },
  };
}

const QUICK_KEEPALIVE = 'keepAliveInterval=500&keepAliveTimeout=1500';

async function createRealPlace(url: string): Promise<LogPlace> {
  const proxy = await proxyFor(url);
  const beginning = await endOf(url);
  let log: TestLog | null = null;
  return {
    async open(options) {
      log = openTestLog(proxy === null ? url : `esdb://127.0.0.1:${proxy.port}?tls=false&${QUICK_KEEPALIVE}`, options);
      const { subscribeAll } = log;
      // Otherwise each subscription from the beginning would look through what all tests of all runs have appended.
      return { ...log, subscribeAll: (after, subscribeOptions) => subscribeAll(after ?? beginning, subscribeOptions) };
    },
    async destroy() {
      proxy?.speak();
      await log?.close();
      await proxy?.close();
    },
    ...(proxy && {
      fallSilent: async () => {
        proxy.fallSilent();
        return async () => proxy.speak();
      },
      interruptions: {
        'all connections dropped': async () => proxy.drop(),
        'the other end gone silently': async () => {
          const noticed = log?.says('EventStoreDB at');
          proxy.fallSilent();
          await noticed;
          proxy.drop();
          proxy.speak();
        },
      },
    }),
  };
}

async function endOf(url: string): Promise<Checkpoint | null> {
  const log = openTestLog(url);
  const head = await log.head();
  await log.close();
  return head?.checkpoint ?? null;
}

async function proxyFor(url: string): Promise<Proxy | null> {
  const [endPoint] = parseAddress(url).endPoints;
  return isPlain(url) && endPoint ? startProxy(endPoint) : null;
}

function isPlain(url: string): boolean {
  const { tls, discover } = parseAddress(url);
  return tls === null && !discover;
}
