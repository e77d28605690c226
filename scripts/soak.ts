// Repeats the kill loops, each time with another seed: `npm run test:soak -- --minutes 30`. Ends with the table of guarantees.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { guaranteesTable } from '../test/support/faults/guarantees-table.ts';
import { readCounts } from '../test/support/faults/read-counts.ts';

const WRONG_USE = 2;
/** Of the full counts in each round: many short rounds meet more beginnings and ends than one long one. */
const SCALE = 0.25;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  process.stderr.write('usage: npm run test:soak -- --minutes N [--seed N]\n');
  process.exit(WRONG_USE);
}
const firstSeed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const countsFolder = mkdtempSync(join(tmpdir(), 'eventops-soak-'));
const endsAt = Date.now() + minutes * 60_000;
let isInterrupted = false;
// The round under way gets the signal, too, and ends its own processes.
process.once('SIGINT', () => {
  isInterrupted = true;
});

const round = (seed: number) =>
  new Promise<number | null>((resolve, reject) => {
    const env = { ...process.env, FAULTS_SCALE: `${SCALE}`, FAULTS_SEED: `${seed}`, FAULTS_COUNTS: countsFolder };
    spawn('vitest', ['run', '--project', 'faults', 'test/faults/kill-loop'], { env, stdio: 'inherit' })
      .once('error', reject)
      .once('exit', resolve);
  });

const failedSeeds: number[] = [];
for (let seed = firstSeed; Date.now() < endsAt && !isInterrupted; seed++)
  if ((await round(seed)) !== 0) failedSeeds.push(seed);

const counts = readCounts(countsFolder);
rmSync(countsFolder, { recursive: true });
if (counts.length > 0) process.stdout.write(`\n${guaranteesTable(counts)}\n`);
if (failedSeeds.length > 0) process.stdout.write(`Failed with the seeds ${failedSeeds.join(', ')}\n`);
process.exitCode = failedSeeds.length === 0 ? 0 : 1;
