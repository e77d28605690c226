import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerProcess, startServerProcess } from '../../test/support/eventstoredb/start-server-process.ts';
import { freePort } from '../../test/support/free-port.ts';
import { adminToken } from '../../test/support/processes/data-folder.ts';
import { type SpawnedEventOps, spawnEventOps } from '../../test/support/processes/spawn-eventops.ts';
import { createPostgres, findPostgres } from '../../test/support/services/postgres.ts';

/** What stands, falls and is put back in the drill. */
export interface DrilledSystem {
  /** As EventStoreDB's manual has it for a server that is stopped: a copy of its folder. */
  copyLog(): Promise<void>;
  /** The log's server is gone with its folder, and starts on the copy. */
  restoreLog(): Promise<void>;
  newDatabase(name: string): Promise<string>;
  /** API and projector, ready. @throws with what it printed when it ends before that. */
  start(databaseUrl: string): Promise<SpawnedEventOps>;
  /** @returns status and body. */
  ask(path: string, event?: { readonly key: string }): Promise<{ readonly status: number; readonly body: unknown }>;
  close(): Promise<void>;
}

export async function startDrilledSystem(): Promise<DrilledSystem> {
  const found = findPostgres();
  if (!found.found) throw new Error(found.why);
  const folder = await mkdtemp(join(tmpdir(), 'eventops-drill-'));
  // The servers run as another user when we are root.
  await chmod(folder, 0o755);
  const [logFolder, copy, data] = [join(folder, 'log'), join(folder, 'copy-of-log'), join(folder, 'data')];
  await mkdir(logFolder);
  const postgres = createPostgres({ folder: join(folder, 'pg'), binaries: found.binaries, fsync: false });
  await postgres.start();
  let log: ServerProcess = await startServerProcess({ folder: logFolder });
  const [port, metricsPort] = [await freePort(), await freePort()];
  const token = await adminToken(data);
  let eventops: SpawnedEventOps | null = null;

  return {
    async copyLog() {
      await log.stop();
      await cp(logFolder, copy, { recursive: true });
      log = await startServerProcess({ folder: logFolder, port: log.port });
    },
    async restoreLog() {
      await log.kill();
      await rm(logFolder, { recursive: true });
      await cp(copy, logFolder, { recursive: true });
      log = await startServerProcess({ folder: logFolder, port: log.port });
    },
    newDatabase: (name) => postgres.createDatabase(name),
    async start(databaseUrl) {
      const env = { EVENTSTORE_URL: log.url, DATABASE_URL: databaseUrl, DATA_DIR: data, LOG_LEVEL: 'error' };
      eventops = spawnEventOps({ args: ['--roles', 'api,projector'], env, port, metricsPort });
      await eventops.ready;
      return eventops;
    },
    async ask(path, event) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        headers: {
          authorization: `Bearer ${token}`,
          ...(event && { 'content-type': 'application/json', 'idempotency-key': event.key }),
        },
        ...(event && {
          method: 'POST',
          body: JSON.stringify({ type: 'drill.posted', source: 'drill', payload: { key: event.key } }),
        }),
      });
      return { status: answer.status, body: await answer.json() };
    },
    async close() {
      await eventops?.kill();
      await Promise.all([postgres.kill(), log.kill()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
