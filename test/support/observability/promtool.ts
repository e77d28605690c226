import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** @throws with what promtool found. */
export function promtool(binaries: string, ...args: readonly string[]): string {
  try {
    return execFileSync(join(binaries, 'promtool'), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`promtool ${args.join(' ')}:\n${stdout}${stderr}`, { cause: error });
  }
}
