import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** Into a project, as npm does it; the packages that it declares, and no others, are those of the checkout. */
export async function unpackInto(project: string, tarball: string): Promise<void> {
  const modules = join(project, 'node_modules');
  const unpacked = join(modules, 'eventops');
  mkdirSync(unpacked, { recursive: true });
  await runWell(unpacked, 'tar', '--extract', '--strip-components=1', `--file=${tarball}`);
  const declared = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'));
  const ofCheckout = ['.bin/node', ...Object.keys(declared.dependencies)];
  for (const name of ofCheckout) link(join(checkout, 'node_modules', name), join(modules, name));
  link('../eventops/bin/eventops', join(modules, '.bin/eventops'));
}

function link(to: string, from: string): void {
  mkdirSync(dirname(from), { recursive: true });
  symlinkSync(to, from);
}

/**
 * Into a project that has nothing else.
 * @returns why it cannot be had; `null` when it is there.
 */
export async function installInto(folder: string, tarball: string): Promise<string | null> {
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=0'];
  const { code, stdout, stderr } = await run(folder, 'npm', 'install', ...flags, tarball);
  if (code === 0) return null;
  const [sign] = unreachable.exec(stderr) ?? [];
  if (sign !== undefined) return `npm's registry cannot be reached (${sign})`;
  throw new Error(`npm install ended with ${code}:\n${stdout}${stderr}`);
}
