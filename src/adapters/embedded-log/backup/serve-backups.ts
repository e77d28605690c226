import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import type { Logger } from '../../../application/ports/logger.ts';
import type { Place } from '../database/read-transitions.ts';
import { messageOf } from '../database/sqlite-error.ts';
import { type SocketInFolder, socketInFolder } from './socket-in-folder.ts';

/** Copied; a copy holds at least what the log had when it was asked for. */
export interface CopiedLog {
  readonly logId: string;
  readonly atLeast: Place;
}

/** What is sent back, in one line. */
export type BackupAnswer =
  | ({ readonly kind: 'copied' } & CopiedLog)
  | { readonly kind: 'refused'; readonly reason: string };

export interface BackupService {
  readonly folder: string;
  /** @throws with the reason. */
  backUp(target: string, signal: AbortSignal): Promise<CopiedLog>;
  readonly logger: Logger;
}

const MAX_REQUEST_BYTES = 8_192;

/**
 * Answers on a socket in the data folder, which only its owner can enter: whoever can ask for a copy of the log could as
 * well read the log. @returns to stop it.
 */
export async function serveBackups({ folder, backUp, logger }: BackupService): Promise<() => Promise<void>> {
  const socket = socketInFolder(folder);
  if (socket === null) return async () => {};
  const connections = new Map<Socket, Promise<void>>();
  let target: string | null = null;

  async function answer(request: string, signal: AbortSignal): Promise<BackupAnswer> {
    if (target !== null)
      return { kind: 'refused', reason: `Another backup is being written, to ${target}: wait for its end` };
    try {
      target = pathIn(request);
      const { size } = lstatSync(target);
      if (!lstatSync(target).isFile() || size > 0) throw new Error(`${target} is no empty file`);
      const copied = await backUp(target, signal);
      logger.info({ path: target, position: copied.atLeast.position }, 'the log was copied for a backup');
      return { kind: 'copied', ...copied };
    } catch (error) {
      logger.warn({ path: target ?? '', reason: messageOf(error) }, 'the log was not copied for a backup');
      return { kind: 'refused', reason: messageOf(error) };
    } finally {
      target = null;
    }
  }

  const server = createServer((connection) => {
    const closed = new AbortController();
    connection.on('error', () => {}).on('close', () => closed.abort());
    const done = requestFrom(connection)
      .then((request) => (request === null ? null : answer(request, closed.signal)))
      .then((found) => void (found === null ? connection.destroy() : connection.end(`${JSON.stringify(found)}\n`)))
      .finally(() => connections.delete(connection));
    connections.set(connection, done);
  });
  try {
    await listen(server, socket);
  } catch (error) {
    logger.warn({ path: socket.path, reason: messageOf(error) }, 'the log cannot be backed up while this process runs');
  }
  return async () => {
    server.close();
    const pending = [...connections.values()];
    for (const connection of connections.keys()) connection.destroy();
    await Promise.all(pending);
    socket.close();
  };
}

async function listen(server: ReturnType<typeof createServer>, { path }: SocketInFolder): Promise<void> {
  // Of a process that was killed: the folder is ours, so it is no other's.
  rmSync(path, { force: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(path, resolve);
  await promise;
  chmodSync(path, 0o600);
}

/** The first line; `null` when the connection ends before it. */
async function requestFrom(connection: Socket): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  let text = '';
  connection.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    else if (text.length > MAX_REQUEST_BYTES) resolve(null);
  });
  connection.on('close', () => resolve(null));
  return promise;
}

function pathIn(request: string): string {
  const { target } = JSON.parse(request) as { readonly target?: unknown };
  if (typeof target !== 'string' || !target.startsWith('/')) throw new Error('The request names no path');
  return target;
}
