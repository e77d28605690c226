import { existsSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseCheckpoint } from '../application/transparency/checkpoints.ts';
import { parseNote } from '../application/transparency/notes.ts';
import type { AuditExportRequest } from '../cli/audit.ts';
import type { Config } from '../config/config.ts';
import { bodyOf, NoAnswer, openAnswer } from './ask-system.ts';
import { CannotStart } from './cannot-start.ts';
import { createExportWriter } from './export-writer.ts';
import { readLines } from './read-lines.ts';

/** Attempts in a row that bring nothing new. */
const MOST_ATTEMPTS = 5;
const PAUSE_MS = 2_000;

type Write = (text: string) => Promise<unknown>;

/**
 * An export of a running system, to a file that is there whole or not at all. Where the connection breaks off, it is asked for the rest.
 * @throws {CannotStart}
 */
export async function exportLog(config: Config, request: AuditExportRequest): Promise<void> {
  const query = await queryOf(request);
  const { output } = request;
  if (output === undefined) return receive(config, query, (text) => written(text));
  if (existsSync(output)) throw new CannotStart(`${output} is there already; name another file, or remove it`);
  const draft = `${output}.part`;
  try {
    const part = await open(draft, 'w');
    try {
      await receive(config, query, (text) => part.write(text));
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

async function receive(config: Config, query: URLSearchParams, write: Write): Promise<void> {
  const writer = createExportWriter(query.get('format') === 'csv');
  let hasBegun = false;
  for (let attempt = 1; ; attempt += 1) {
    const before = writer.cursor();
    try {
      const asked = new URLSearchParams(query);
      if (hasBegun && before !== null) asked.set('cursor', before);
      const answer = await openAnswer(config, `/v1/audit/export?${asked.toString()}`);
      hasBegun = true;
      writer.begin();
      let text = '';
      for await (const line of readLines(bodyOf(answer))) {
        text += writer.line(line);
        if (text.length < 65_536) continue;
        await write(text);
        text = '';
      }
      await write(text);
      if (writer.isWhole()) return;
    } catch (error) {
      const isOver = error instanceof CannotStart && !(error instanceof NoAnswer);
      if (isOver || !hasBegun || writer.cursor() === null) throw error;
    }
    if (writer.cursor() !== before) attempt = 0;
    if (attempt >= MOST_ATTEMPTS)
      throw new CannotStart('The export broke off, and nothing more of it comes; ask again later');
    process.stderr.write('The export broke off; asking for the rest\n');
    await sleep(PAUSE_MS);
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
