import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const scripts: Readonly<Record<string, string>> = JSON.parse(readFileSync('package.json', 'utf8')).scripts;
const namesAfter = (prefix: string) => Object.keys(scripts).filter((name) => name.startsWith(prefix));

const failures: { readonly name: string; readonly output: string }[] = [];

function outputOf(command: string): Promise<{ readonly succeeded: boolean; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => resolve({ succeeded: false, output: error.message }));
    child.on('close', (code) => resolve({ succeeded: code === 0, output: Buffer.concat(chunks).toString() }));
  });
}

const secondsSince = (startedAt: number) => ((performance.now() - startedAt) / 1_000).toFixed(1);

async function run(name: string): Promise<void> {
  const startedAt = performance.now();
  const { succeeded, output } = await outputOf(scripts[name] ?? '');
  console.log(`${succeeded ? 'ok    ' : 'FAILED'}  ${name.padEnd(30)} ${secondsSince(startedAt).padStart(5)} s`);
  if (!succeeded) failures.push({ name, output });
}

/** As many at a time as there are cores; each is mostly computation. */
async function runSideBySide(names: readonly string[]): Promise<void> {
  const waiting = [...names];
  const runWaiting = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await run(next);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, runWaiting));
}

// Repairs come first and one after the other, since they write; what they could not repair, the checks report.
if (process.argv.includes('--fix')) for (const name of namesAfter('fix:')) await outputOf(scripts[name] ?? '');

const startedAt = performance.now();
await runSideBySide(namesAfter('check:').filter((name) => name !== 'check:tests'));
// Alone, because tests use every core themselves. Whoever runs `npm test` as well leaves them out: it runs them all.
if (!process.argv.includes('--without-tests')) await run('check:tests');

for (const { name, output } of failures) console.error(`\n── npm run ${name} ──\n${output.trim()}`);
console.log(
  failures.length === 0
    ? `\nAll checks passed in ${secondsSince(startedAt)} s`
    : `\nFailed in ${secondsSince(startedAt)} s: ${failures.map(({ name }) => name).join(', ')}`,
);
process.exitCode = failures.length === 0 ? 0 : 1;
