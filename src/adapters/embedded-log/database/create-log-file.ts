import { randomUUID } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readBootId } from '../../files/boot-id.ts';
import { createEndMark } from './end-mark.ts';
import { APPLICATION_ID, FORMAT, SCHEMA } from './schema.ts';
import { syncFolder } from './sync.ts';

/**
 * A log appears whole or not at all, so an empty file or one without tables is known to have lost them; and after the
 * mark of its end, so a log without a mark is known to have lost that.
 */
export function createLogFile(path: string, bootId: string | null = readBootId()): void {
  const unfinished = `${path}.creating`;
  rmSync(unfinished, { force: true });
  closeSync(openSync(unfinished, 'wx', 0o600));
  const database = new DatabaseSync(unfinished);
  const logId = randomUUID();
  database.exec(SCHEMA);
  database.prepare('INSERT INTO log (id, id_again) VALUES (?, ?)').run(logId, logId);
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT}`);
  database.close();
  createEndMark(path, { logId, bootId, position: 0, id: '' }).close();
  renameSync(unfinished, path);
  syncFolder(dirname(path));
}
