import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { FullProfile } from '../full-profile/full-profile.ts';

const demo = fileURLToPath(new URL('../../../examples/github/demo.ts', import.meta.url));

/** `npm run demo`, with the API that runs already. @returns its table. @throws with what it printed when it fails. */
export async function runDemo(system: FullProfile): Promise<string> {
  const { hostname, port } = new URL(system.apiUrls()[0] ?? '');
  const { DATA_DIR } = system.env;
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=eventops-source', demo], {
    env: { ...process.env, HOST: hostname, PORT: port, DATA_DIR },
  });
  return stdout;
}
