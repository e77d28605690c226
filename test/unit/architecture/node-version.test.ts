import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '../../..');

type Place = 'a checkout' | 'a package';

/** What `bin/eventops` does in a folder without the pinned Node, where the machine's own is such a program. */
function eventopsWith(machinesNode: string, place: Place = 'a checkout') {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-bin-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const here = place === 'a checkout' ? folder : join(folder, 'node_modules/eventops');
  mkdirSync(join(here, 'bin'), { recursive: true });
  copyFileSync(join(root, 'bin/eventops'), join(here, 'bin/eventops'));
  if (place === 'a checkout') {
    mkdirSync(join(here, 'src/main'), { recursive: true });
    writeFileSync(join(here, 'src/main/eventops.ts'), '');
  }
  writeFileSync(join(folder, 'node'), `#!/bin/sh\n${machinesNode}\n`, { mode: 0o755 });
  const env = { PATH: `${folder}:/usr/bin:/bin` };
  const { status, stdout, stderr } = spawnSync(join(here, 'bin/eventops'), ['start'], { env, encoding: 'utf8' });
  return { status, stdout: stdout.replaceAll(folder, '.'), stderr: stderr.replaceAll(folder, '.') };
}

describe('bin/eventops without the pinned Node', () => {
  it.each(['v20.20.2', 'v22.18.0', 'v9.0.0', 'nothing that is known'])('says what is needed under %s', (version) => {
    expect(eventopsWith(`echo ${version}`)).toEqual({
      status: 2,
      stdout: '',
      stderr: `eventops: needs Node 24 or later; install it, or run 'npm ci' in ., which brings it on Linux and Windows (./node is ${version})\n`,
    });
  });

  it('says how an installed package gets it', () => {
    expect(eventopsWith('echo v20.20.2', 'a package').stderr).toBe(
      "eventops: needs Node 24 or later; install it, or run 'npm install --include=optional', which brings it on Linux and Windows (./node is v20.20.2)\n",
    );
  });

  it('says what is needed when the Node that is found cannot be run', () => {
    expect(eventopsWith('exit 127')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/\(\.\/node is no Node\)\n$/),
    });
  });

  it.each([
    ['v24.0.0', 'a checkout', /^ran .*--conditions=eventops-source .*\.\/src\/main\/eventops\.ts start\n$/],
    ['v26.1.0', 'a checkout', /^ran .*--conditions=eventops-source .*\.\/src\/main\/eventops\.ts start\n$/],
    ['v24.0.0', 'a package', /^ran (?!.*--conditions).*\/eventops\/dist\/src\/main\/eventops\.js start\n$/],
  ] as const)('starts under %s in %s', (version, place, ran) => {
    const run = eventopsWith(`[ "$1" = --version ] && echo ${version} || echo "ran $*"`, place);
    expect(run).toMatchObject({ status: 0, stdout: expect.stringMatching(ran) });
  });
});

describe('a script of npm', () => {
  const scripts: Readonly<Record<string, string>> = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ).scripts;

  it('says what is needed under an older Node', () => {
    const older = `Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } });
      require(${JSON.stringify(join(root, 'scripts/check-node.cjs'))}); console.log('goes on');`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', older], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^This needs Node 24 or later, and .+; install it, or run 'npm ci'.*\n$/);
  });

  it('asks which Node runs it before anything that an older one could not read', () => {
    // What `check` runs has been asked about by `check`; bin/eventops asks for itself.
    const others = Object.entries(scripts).filter(([name]) => !/^(check|fix):/.test(name) && name !== 'start');
    expect(others.length).toBeGreaterThan(5);
    for (const [name, command] of others)
      expect([name, command]).toEqual([name, expect.stringMatching(/^node scripts\/check-node\.cjs && /)]);
  });
});
