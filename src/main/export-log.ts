import { existsSync } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { syncFolder } from '../adapters/files/sync.ts';
import { parseCheckpoint } from '../application/transparency/checkpoints.ts';
import { parseNote } from '../application/transparency/notes.ts';
import type { AuditExportRequest } from '../cli/audit.ts';
import type { Config } from '../config/config.ts';
import { bodyOf, openAnswer } from './ask-system.ts';
import { CannotStart } from './cannot-start.ts';
import { receiveExport } from './receive-export.ts';

const PAUSE_MS = 2_000;

/**
 * An export of a running system, to a file that is there whole or not at all. Where the connection breaks off, it is asked for the rest.
 * @throws {CannotStart}
 */
export async function exportLog(config: Config, request: AuditExportRequest): Promise<void> {
  const query = await queryOf(request);
  const { output } = request;
  const receive = (write: (text: string) => Promise<unknown>) =>
    receiveExport({
      isCsv: query.get('format') === 'csv',
      ask: async (cursor) => {
        const asked = new URLSearchParams(query);
        if (cursor !== null) asked.set('cursor', cursor);
        return bodyOf(await openAnswer(config, `/v1/audit/export?${asked.toString()}`));
      },
      write,
      pause: () => {
        process.stderr.write('The export broke off; asking for the rest\n');
        return sleep(PAUSE_MS);
      },
    });
  if (output === undefined) return receive(written);
  if (existsSync(output)) throw new CannotStart(`${output} is there already; name another file, or remove it`);
  const draft = `${output}.part`;
  const part = await openDraft(draft);
  try {
    try {
      // All of each piece: one write may take a part of it, as on a disk that fills up.
      await receive((text) => part.writeFile(text));
      await part.sync();
    } finally {
      await part.close();
    }
    await rename(draft, output);
    await syncFolder(dirname(output));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function openDraft(path: string): Promise<FileHandle> {
  try {
    // What clients sent may be in it.
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CannotStart(
      `${path} is there: another export is being written to it, or one was killed. If none is, remove it`,
    );
  }
}

async function queryOf(request: AuditExportRequest): Promise<URLSearchParams> {
  const { output: _, checkpoint, ...filters } = request;
  const query = new URLSearchParams(filters as Record<string, string>);
  if (checkpoint !== undefined) {
    const { size } = parseCheckpoint(parseNote(await readFile(checkpoint, 'utf8')).text);
    query.set('consistentWith', String(size));
  }
  return query;
}

const written = (text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
