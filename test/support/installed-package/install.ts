import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, runWell } from '../processes/run.ts';

const checkout = fileURLToPath(new URL('../../..', import.meta.url));
const unreachable =
  /EAI_AGAIN|ENOTFOUND|ENOTCACHED|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET/;

/** Packs the checkout, as `npm pack` does. @returns the tarball. */
export async function pack(into: string): Promise<string> {
  const printed = await runWell(checkout, 'npm', 'pack', '--silent', '--pack-destination', into);
  return join(into, printed.trim().split('\n').at(-1) as string);
}

/**
 * A project in an empty folder that has nothing but the package.
 * @returns why it cannot be had; `null` when it is there.
 */
export async function installInto(folder: string, tarball: string): Promise<string | null> {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'shop', private: true, type: 'module' }));
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=0'];
  const { code, stdout, stderr } = await run(folder, 'npm', 'install', ...flags, tarball);
  if (code === 0) return null;
  const [sign] = unreachable.exec(stderr) ?? [];
  if (sign !== undefined) return `npm's registry cannot be reached (${sign})`;
  throw new Error(`npm install ended with ${code}:\n${stdout}${stderr}`);
}
