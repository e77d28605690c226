import { spawnSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Builds the console into console/dist. Where only what runs in production is installed, there is nothing to build it with. */
const folder = fileURLToPath(new URL('../console/', import.meta.url));
const isPrepare = process.env['npm_lifecycle_event'] === 'prepare';

function isInstalled(name: string): boolean {
  try {
    createRequire(`${folder}package.json`).resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

/** `npm pack` prepares, too: what is served meanwhile stays as it is. */
function isBuilt(): boolean {
  const page = join(folder, 'dist/index.html');
  if (!existsSync(page)) return false;
  const builtAt = statSync(page).mtimeMs;
  const sources = globSync(['src/**/*', 'index.html', 'package.json', 'vite.config.ts'], { cwd: folder });
  // Types are written by the check, and are in nothing that is built.
  return sources.every((source) => source.endsWith('.d.ts') || statSync(join(folder, source)).mtimeMs <= builtAt);
}

if (isPrepare && isBuilt()) process.exit();
if (isInstalled('vite') && isInstalled('react')) {
  // Tests set another, with which React is built for development.
  const env = { ...process.env, NODE_ENV: 'production' };
  const { status } = spawnSync('vite', ['build', '--logLevel', 'error'], { cwd: folder, stdio: 'inherit', env });
  if (status !== 0) process.exitCode = 1;
} else if (!isPrepare) {
  process.stderr.write("The console's packages are not installed: npm ci installs them\n");
  process.exitCode = 1;
}
