// What a backup of a large embedded log takes, and what it costs those who append meanwhile.
// Usage: node bench/backup.ts [--transitions 1000000] [--per-second 500] [--folder FOLDER]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { serveBackups } from '../src/adapters/embedded-log/backup/serve-backups.ts';
import { acquireDataFolder } from '../src/adapters/embedded-log/data-folder.ts';
import { openEmbeddedLog } from '../src/adapters/embedded-log/open-embedded-log.ts';
import { deriveUuid } from '../src/application/event-identity.ts';
import { logFileOf } from '../src/main/open-parts.ts';
import { received, started, succeeded } from '../test/support/domain/transitions.ts';
import { sealedHistory } from '../test/support/sealed-history.ts';
import { silentLogger } from '../test/support/worker/silent-logger.ts';
import { percentile } from './load.ts';

const { values } = parseArgs({
  options: {
    transitions: { type: 'string', default: '1000000' },
    'per-second': { type: 'string', default: '500' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const TRANSITIONS_OF_AN_EVENT = 3;
const BASELINE_MS = 10_000;
const EVENTS_IN_ONE_APPEND_OF_MANY = 500;

const folder = mkdtempSync(join(values.folder, 'eventops-bench-'));
const [dataFolder, file] = [join(folder, 'data'), join(folder, 'backup')];
acquireDataFolder(dataFolder);
const log = await openEmbeddedLog({ path: logFileOf(dataFolder) });
const stopServing = await serveBackups({ folder: dataFolder, backUp: log.backUp, logger: silentLogger });
const print = (line: string) => process.stdout.write(`${line}\n`);

let events = 0;
function nextEvent() {
  const history = sealedHistory([received(), started(), succeeded()], deriveUuid('bench', String(events++)));
  const transitions = history.map(({ stream: _stream, revision: _revision, position: _position, ...each }) => each);
  return { stream: history[0]?.stream ?? '', expectedRevision: 'no-stream' as const, transitions };
}

/** Latencies of appends that come at their times, whether the one before was answered or not, in order. */
async function appendUntil(hasEnded: () => boolean): Promise<readonly number[]> {
  const latencies: number[] = [];
  const pending: Promise<void>[] = [];
  const begunAt = performance.now();
  for (let count = 0; !hasEnded(); count += 1) {
    const due = begunAt + (count * 1_000) / Number(values['per-second']);
    const early = due - performance.now();
    if (early > 0) await pause(early);
    const appended = log.append(nextEvent()).then(() => void latencies.push(performance.now() - due));
    pending.push(appended);
  }
  await Promise.all(pending);
  return latencies.sort((one, other) => one - other);
}

const describe = (sorted: readonly number[]) =>
  `${sorted.length} appends: p50 ${percentile(sorted, 0.5).toFixed(1)} ms, p99 ${percentile(sorted, 0.99).toFixed(1)} ms, longest ${(sorted.at(-1) ?? 0).toFixed(1)} ms`;

while (events * TRANSITIONS_OF_AN_EVENT < Number(values.transitions))
  await log.appendMany(Array.from({ length: EVENTS_IN_ONE_APPEND_OF_MANY }, nextEvent));
print(
  `The log has ${events * TRANSITIONS_OF_AN_EVENT} transitions, ${Math.round(statSync(logFileOf(dataFolder)).size / 1e6)} MB`,
);

const until = performance.now() + BASELINE_MS;
const usual = await appendUntil(() => performance.now() > until);
print(`Usual, ${describe(usual)}`);

const [startedAt, memory] = [performance.now(), process.memoryUsage().rss];
const eventops = new URL('../bin/eventops', import.meta.url).pathname;
const command = spawn(eventops, ['backup', file], { env: { ...process.env, DATA_DIR: dataFolder }, stdio: 'inherit' });
let isWritten = false;
const written = once(command, 'exit').then(() => {
  isWritten = true;
});
let mostMemory = 0;
const watching = setInterval(() => {
  mostMemory = Math.max(mostMemory, process.memoryUsage().rss);
}, 100);
const meanwhile = await appendUntil(() => isWritten);
await written;
clearInterval(watching);
print(
  `During the backup, ${describe(meanwhile)}: p99 ${(percentile(meanwhile, 0.99) / percentile(usual, 0.99)).toFixed(2)} times the usual`,
);
print(
  `The backup took ${((performance.now() - startedAt) / 1_000).toFixed(1)} s, and ${Math.round((mostMemory - memory) / 1e6)} MB more in the process that has the log`,
);
await stopServing();
await log.close();
rmSync(folder, { recursive: true });
