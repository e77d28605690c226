import { connect } from 'node:net';
import { BackupRefused } from './backup-refused.ts';
import type { BackupAnswer, CopiedLog } from './serve-backups.ts';
import { socketInFolder } from './socket-in-folder.ts';

/**
 * Has the process that has the data folder copy its log into the empty file `target`. `null` when no process answers there.
 * @throws {BackupRefused}
 */
export async function askForBackup(folder: string, target: string): Promise<CopiedLog | null> {
  const socket = socketInFolder(folder);
  if (socket === null) return null;
  try {
    const text = await exchange(socket.path, `${JSON.stringify({ target })}\n`);
    if (text === null) return null;
    if (!text.endsWith('\n'))
      throw new BackupRefused('The process that has the log ended before the backup was written');
    const answer = JSON.parse(text) as BackupAnswer;
    if (answer.kind === 'refused') throw new BackupRefused(answer.reason);
    return answer;
  } finally {
    socket.close();
  }
}

async function exchange(path: string, request: string): Promise<string | null> {
  const { promise, resolve, reject } = Promise.withResolvers<string | null>();
  let answer = '';
  const connection = connect(path);
  connection.write(request);
  connection
    .setEncoding('utf8')
    .on('data', (part: string) => {
      answer += part;
    })
    .on('end', () => resolve(answer))
    .on('close', () => resolve(answer))
    .on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null);
      else if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(answer);
      else reject(error);
    });
  return promise;
}
