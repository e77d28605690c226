import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Builds the console into console/dist. Where only what runs in production is installed, there is nothing to build it with. */
const folder = fileURLToPath(new URL('../console/', import.meta.url));
const require = createRequire(`${folder}package.json`);

function isInstalled(name: string): boolean {
  try {
    require.resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

if (isInstalled('vite') && isInstalled('react')) {
  const { status } = spawnSync('vite', ['build', '--logLevel', 'error'], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
} else if (process.env['npm_lifecycle_event'] !== 'prepare') {
  process.stderr.write("The console's packages are not installed: npm ci installs them\n");
  process.exitCode = 1;
}
