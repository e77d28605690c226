// How long it takes to ask a large embedded log what happened between two times, and what an event was: in the process, without HTTP.
// Usage: node bench/history.ts [--transitions 1000000] [--asked 300] [--folder FOLDER]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEmbeddedLog } from '../src/adapters/embedded-log/open-embedded-log.ts';
import { openEmbeddedReadDatabase } from '../src/adapters/postgres/open-embedded-read-database.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import { deriveUuid } from '../src/application/event-identity.ts';
import { createLogDivider } from '../src/application/log-segments/divide-log.ts';
import { followedPrefixes } from '../src/application/read-transitions.ts';
import { type Database, readOnly } from '../src/projections/database.ts';
import { createLogSegments, createLogSegmentsReader } from '../src/projections/log-segments.ts';
import { openApi } from '../test/support/api/api-under-test.ts';
import { received, started, succeeded } from '../test/support/domain/transitions.ts';
import { sealedHistory } from '../test/support/sealed-history.ts';
import { silentLogger } from '../test/support/worker/silent-logger.ts';
import { percentile } from './load.ts';

const { values } = parseArgs({
  options: {
    transitions: { type: 'string', default: '1000000' },
    asked: { type: 'string', default: '300' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const TRANSITIONS_OF_AN_EVENT = 3;
const EVENTS_IN_ONE_APPEND_OF_MANY = 500;
const BETWEEN_EVENTS_MS = 1_000;
const BEGINNING = Date.parse('2030-01-01T00:00:00.000Z');

const folder = mkdtempSync(join(values.folder, 'eventops-bench-'));
const log = await openEmbeddedLog({ path: join(folder, 'log.sqlite') });
const rows = await openEmbeddedReadDatabase<Database>({ folder: join(folder, 'rows'), logger: silentLogger });
const print = (line: string) => process.stdout.write(`${line}\n`);

const timeOf = (event: number, after = 0) => new Date(BEGINNING + event * BETWEEN_EVENTS_MS + after).toISOString();
const idOf = (event: number) => deriveUuid('bench', String(event));
let events = 0;
function nextEvent() {
  const event = events++;
  const history = sealedHistory([received(), started(), succeeded()], idOf(event), (revision) => ({
    recordedAt: timeOf(event, revision * 10),
  }));
  const transitions = history.map(({ stream: _stream, revision: _revision, position: _position, ...each }) => each);
  return { stream: history[0]?.stream ?? '', expectedRevision: 'no-stream' as const, transitions };
}
while (events * TRANSITIONS_OF_AN_EVENT < Number(values.transitions))
  await log.appendMany(Array.from({ length: EVENTS_IN_ONE_APPEND_OF_MANY }, nextEvent));

const divider = createLogDivider({ log, segments: createLogSegments(rows.db) });
await divider.load();
for await (const message of log.subscribeAll(null, { streamPrefixes: followedPrefixes, maxBatch: 500 })) {
  if (message.kind === 'caught-up') break;
  await divider.handle(message.kind === 'transitions' ? message.transitions : [], message.checkpoint);
}
print(`The log has ${events * TRANSITIONS_OF_AN_EVENT} transitions of ${events} events`);

// Not closed: what it was seen to answer is left to the tests then.
const { call } = openApi({
  ...{ log, clock: systemClock, logSegments: createLogSegmentsReader(readOnly(rows.db)) },
  readDatabase: () => readOnly(rows.db),
});

/** Asks for `asked` random events, in no order. @param urlOf what is asked of one. */
async function measure(what: string, urlOf: (event: number) => string): Promise<void> {
  const took: number[] = [];
  let items = 0;
  for (let at = 0; at < Number(values.asked) + 20; at++) {
    const from = performance.now();
    const answer = await call({ url: urlOf((at * 7_919) % (events - 1_000)), as: 'auditor' });
    if (at >= 20) took.push(performance.now() - from);
    if (answer.statusCode !== 200) throw new Error(answer.body);
    items += answer.json().items?.length ?? 1;
  }
  took.sort((one, other) => one - other);
  const share = (part: number) => `${percentile(took, part).toFixed(1)} ms`;
  print(
    `${what}: p50 ${share(0.5)}, p95 ${share(0.95)}, longest ${share(1)}; ${(items / (took.length + 20)).toFixed(0)} items on average`,
  );
}

await measure(
  'GET /v1/history?since=&until=, ten seconds, a page of 50',
  (event) => `/v1/history?since=${timeOf(event)}&until=${timeOf(event + 10)}`,
);
await measure(
  'GET /v1/history?since=&until=, ten minutes, a page of 50',
  (event) => `/v1/history?since=${timeOf(event)}&until=${timeOf(event + 600)}`,
);
await measure('GET /v1/events/{id}?asOf=', (event) => `/v1/events/${idOf(event)}?asOf=${timeOf(event, 15)}`);
await measure(
  'GET /v1/events/{id}/history?asOf=',
  (event) => `/v1/events/${idOf(event)}/history?asOf=${timeOf(event, 15)}`,
);
await rows.close();
await log.close();
rmSync(folder, { recursive: true });
process.exit();
