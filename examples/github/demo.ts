// Posts GitHub's own webhook bodies to EventOps and shows the outcome of each. `npm run demo`; `npm run demo -- --run NAME`
// goes on with an earlier run: its events are posted again under the same keys, and none is doubled. An EventOps that
// runs already is used as it is; else one is started, with `--profile full` as separate processes on real servers.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { MultiBar, Presets } from 'cli-progress';
import { SettingsInvalid } from '../../src/config/config.ts';
import { Client } from './client.ts';
import { findOrStartServer, isProfile } from './server.ts';
import { renderDeadLetters, renderTable } from './table.ts';
import { webhooks } from './webhooks.ts';

const IN_FLIGHT = 8;
const FINISHED = new Set(['PROCESSED', 'DEAD', 'DISCARDED']);
/** Longest wait for the explanations of dead letters: by rules they come within seconds, and with EXPLAIN=off never. */
const EXPLAIN_MS = 10_000;
/** Longest wait for the last event's end once all are posted: three attempts, their delays, and a lease. */
const SETTLE_MS = 120_000;

const { values } = parseArgs({
  options: { run: { type: 'string' }, profile: { type: 'string', default: 'embedded' } },
});
if (!isProfile(values.profile)) {
  process.stderr.write(`--profile is embedded or full, not '${values.profile}'\n`);
  process.exit(2);
}
const run = values.run ?? randomUUID().slice(0, 8);
const source = `github/demo-${run}`;

const server = await findOrStartServer(values.profile).catch((error: unknown) => {
  if (!(error instanceof SettingsInvalid)) throw error;
  process.stderr.write(`${error.message}\n`);
  return process.exit(2);
});
process.stderr.write(`Run ${run}: posting ${webhooks.length} GitHub webhooks to ${server.url}\n`);
const client = new Client(server.url, server.token);
const startedAt = Date.now();

const bars = new MultiBar(
  {
    format: '{name} {bar} {value}/{total}',
    stream: process.stderr,
    noTTYOutput: true,
    notTTYSchedule: 1_000,
    hideCursor: true,
  },
  Presets.shades_classic,
);
const received = bars.create(webhooks.length, 0, { name: 'received' });
const finished = bars.create(webhooks.length, 0, { name: 'finished' });

const waiting = [...webhooks];
await Promise.all(
  Array.from({ length: IN_FLIGHT }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await client.post(next, source);
      received.increment();
    }
  }),
);

let events = await client.events(source);
const isAtRest = () => events.length === webhooks.length && events.every(({ status }) => FINISHED.has(status));
while (!isAtRest() && Date.now() - startedAt < SETTLE_MS) {
  finished.update(events.filter(({ status }) => FINISHED.has(status)).length);
  await pause(200);
  events = await client.events(source).catch(() => events);
}
finished.update(events.filter(({ status }) => FINISHED.has(status)).length);
bars.stop();

const isExplained = () => events.every(({ status, explanation }) => status !== 'DEAD' || explanation);
for (const restAt = Date.now(); !isExplained() && Date.now() - restAt < EXPLAIN_MS; ) {
  await pause(200);
  events = await client.events(source).catch(() => events);
}

process.stdout.write(
  `\n${renderTable(events)}\n\n${events.length} events in ${((Date.now() - startedAt) / 1_000).toFixed(1)} s\n\nWhy events died, by their failure groups (bin/eventops failures list):\n${renderDeadLetters(events)}\n`,
);
if (!isAtRest()) {
  process.stderr.write(`Not at rest after ${SETTLE_MS / 1_000} s: see GET /v1/events?source=${source}\n`);
  process.exitCode = 1;
}
await server.stop();
