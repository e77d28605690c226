import { existsSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
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
  try {
    const part = await open(draft, 'w');
    try {
      await receive((text) => part.write(text));
      await part.sync();
    } finally {
      await part.close();
    }
    await rename(draft, output);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
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
