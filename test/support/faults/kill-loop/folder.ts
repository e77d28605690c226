import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For all that a kill loop leaves; kept, to be looked at, where `FAULTS_KEEP` is set. */
export async function makeFolder(): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'eventops-kill-loop-'));
  const remove = async () => {
    if (process.env['FAULTS_KEEP'] === undefined) await rm(folder, { recursive: true, force: true });
    else process.stdout.write(`kept: ${folder}\n`);
  };
  return { folder, remove };
}
