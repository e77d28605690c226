// Builds the image, runs it without rights and without a disk to write to until it has processed events, and prints what it is:
// `npm run image`. Uses the Docker that runs, or starts one until the end where Debian's docker.io is installed.
import { readFileSync } from 'node:fs';
import { provideBase } from './image/base.ts';
import { findOrStartDaemon } from './image/daemon.ts';
import { outputOf, show } from './image/run.ts';
import { tryImage } from './image/try-image.ts';

const IMAGE = 'eventops:local';
const MEGABYTE = 1e6;
const MAX_MEGABYTES = 250;

const print = (line: string) => process.stdout.write(`${line}\n`);
const base = /^FROM (\S+)/m.exec(readFileSync('Dockerfile', 'utf8'))?.[1] ?? '';
const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
const daemon = await findOrStartDaemon();
// Whoever interrupts this leaves no daemon running.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void daemon.stop().then(() => process.exit(1)));
const { env } = daemon;
try {
  print(`base      ${base}: ${await provideBase(base, { env })}`);
  const startedAt = performance.now();
  const revision = await outputOf('git', ['rev-parse', 'HEAD']).catch(() => 'unknown');
  const labels = { 'org.opencontainers.image.version': version, 'org.opencontainers.image.revision': revision };
  await show(
    'docker',
    [
      // There may be no other network, as with a daemon of our own.
      ...['build', '--tag', IMAGE, '--network', 'host'],
      ...[...Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]), '.'],
    ],
    { env },
  );
  print(`build     ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
  const size =
    Number(await outputOf('docker', ['image', 'inspect', '--format', '{{.Size}}', IMAGE], { env })) / MEGABYTE;
  print(`size      ${size.toFixed(0)} MB (at most ${MAX_MEGABYTES})`);
  const layers = await outputOf('docker', ['history', '--format', '{{.Size}}\t{{.CreatedBy}}', '--no-trunc', IMAGE], {
    env,
  });
  for (const layer of layers.split('\n').filter((each) => !each.startsWith('0B')))
    print(`layer     ${layer.replace('\t', '  ').slice(0, 110)}`);
  const { healthyMs, readyMs, user, memory, passed } = await tryImage(IMAGE, print, { env });
  print(
    `start     /healthz after ${(healthyMs / 1_000).toFixed(1)} s, /readyz after ${(readyMs / 1_000).toFixed(1)} s`,
  );
  print(`runs as   ${user}, read-only, without capabilities, in ${memory}`);
  const isSmall = size < MAX_MEGABYTES;
  if (!isSmall) print(`The image is larger than ${MAX_MEGABYTES} MB`);
  process.exitCode = passed && isSmall ? 0 : 1;
} finally {
  await daemon.stop();
}
