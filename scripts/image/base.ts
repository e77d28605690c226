import { copyFileSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Options, outputOf, show, succeeds } from './run.ts';

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/**
 * The base image: here already, pulled, or made from Debian's packages and the Node of this project under the same name, so that
 * the Dockerfile is built as it is. Returns which of them.
 */
export async function provideBase(name: string, options: Options): Promise<'here' | 'pulled' | 'made by debootstrap'> {
  if (await succeeds('docker', ['image', 'inspect', name], options)) return 'here';
  if (await succeeds('docker', ['pull', name], options)) return 'pulled';
  const folder = mkdtempSync(join(tmpdir(), 'eventops-base-'));
  try {
    await makeBase(folder);
    const archive = `${folder}.tar`;
    await show('tar', ['-C', folder, '--exclude=./var/cache', '--exclude=./var/lib/apt/lists', '-cf', archive, '.']);
    const change = (line: string) => ['-c', line];
    await show(
      'docker',
      [
        'import',
        ...change('ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'),
        // A registry may be reached through a proxy whose authority only this machine knows.
        ...(existsSync(CERTIFICATES) ? change(`ENV NODE_EXTRA_CA_CERTS=${CERTIFICATES}`) : []),
        ...[archive, name],
      ],
      options,
    );
    rmSync(archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return 'made by debootstrap';
}

/** What the real one has of what the Dockerfile uses: Node, npm and the user `node`. */
async function makeBase(folder: string): Promise<void> {
  await show('debootstrap', ['--variant=minbase', '--include=ca-certificates', 'bookworm', folder]);
  const node = await outputOf('readlink', ['-f', process.execPath]);
  copyFileSync(node, join(folder, 'usr/local/bin/node'));
  const npm = resolve(process.env['npm_execpath'] ?? '', '../..');
  if (!existsSync(join(npm, 'bin/npm-cli.js'))) throw new Error('npm was not found: start this with npm run image');
  const modules = join(folder, 'usr/local/lib/node_modules');
  await show('mkdir', ['-p', modules]);
  await show('cp', ['-r', npm, join(modules, 'npm')]);
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(folder, 'usr/local/bin/npm'));
  if (existsSync(CERTIFICATES)) copyFileSync(CERTIFICATES, join(folder, CERTIFICATES));
  await show('chroot', [folder, 'groupadd', '--gid', '1000', 'node']);
  await show('chroot', [folder, 'useradd', '--uid', '1000', '--gid', 'node', '--create-home', 'node']);
}
