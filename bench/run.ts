// Drives a running server over HTTP through the whole life of an event: RECEIVED, PROCESSING, PROCESSED, and its row.
//   npm run bench                           the embedded profile
//   npm run bench -- --profile full         a process for each role, as `npm run full` starts them
//   npm run bench -- --growth               also the cost of an event at 10⁴ and at 10⁶ events in the log
//   npm run bench -- --sustained 5          instead: 500 events/s for 5 minutes, with the lag at its worst
//   npm run bench -- anchoring              instead: what anchoring 300,000 transitions (--transitions) costs, and appends beside it
//   npm run bench -- rebuild                instead: rebuilds of 300,000 transitions (--transitions) in PGlite and PostgreSQL (--on one of them, --projection events)
//   npm run bench -- explaining             instead: the same events with EXPLAIN=off and with EXPLAIN=dead, in turns (--rounds, --events)
//   npm run bench -- similar                instead: searches for similar failures at 100,000 dead letters (--dead-letters, --texts)
//   npm run bench -- dead-letters           instead: a page of 1,000,000 dead letters (--dead-letters) with each filter, in PostgreSQL
//   npm run bench -- plans                  instead: a replay plan of 100,000 events (--dead-letters) is frozen and runs at 1,000/s, with posts beside it
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { benchAnchoring } from './anchoring.ts';
import { benchExplaining } from './explaining.ts';
import { load } from './load.ts';
import { benchRebuild } from './rebuild.ts';
import { type BenchServer, profiles, startCeiling } from './server.ts';
import { sustain } from './sustain.ts';
import { describe, endedRows, latencies, mebibytes, memory, perSecond, wholeLife } from './whole-life.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    events: { type: 'string', default: '10000' },
    transitions: { type: 'string', default: '300000' },
    projection: { type: 'string', default: 'events' },
    on: { type: 'string' },
    'dead-letters': { type: 'string' },
    texts: { type: 'string', default: '5000' },
    profile: { type: 'string', default: 'embedded' },
    growth: { type: 'boolean', default: false },
    sustained: { type: 'string' },
  },
});
const print = (line = '') => process.stdout.write(`${line}\n`);

const SINGLE = { batchSize: 1, connections: 64 };
const BATCHES = { batchSize: 100, connections: 8 };

async function measureCeiling(): Promise<void> {
  const ceiling = await startCeiling();
  await load({ url: ceiling.url, events: 5_000, ...SINGLE, source: 'warm-up' });
  const { seconds, latenciesMs } = await load({ url: ceiling.url, events: 30_000, ...SINGLE, source: 'ceiling' });
  print(
    `${'bare Fastify, same body'.padEnd(34)}  ${perSecond(30_000 / seconds).padStart(10)}  ${latencies('POST', latenciesMs)}`,
  );
  ceiling.stop();
}

async function measure(server: BenchServer): Promise<void> {
  await wholeLife(server, { events: 5_000, ...SINGLE });
  const early = await wholeLife(server, { events: 10_000, ...BATCHES });
  const single = await wholeLife(server, { events: 40_000, ...SINGLE });
  print(describe('one event per POST', single));
  const resident: string[] = [];
  for (let part = 1; part <= 4; part++) {
    print(describe(`100 events per POST, part ${part} of 4`, await wholeLife(server, { events: 50_000, ...BATCHES })));
    resident.push(await memory(server));
  }
  const half = Math.round(single.eventsPerSecond / 2);
  const atHalf = await wholeLife(server, { events: half * 10, ...SINGLE, eventsPerSecond: half });
  print(describe(`half load: ${perSecond(half)} offered`, atHalf));
  print(`\nresident memory after each 50,000 of 200,000 events: ${resident.join('; ')}`);
  if (!values.growth) return;
  print('\ngrowing the log to 1,000,000 events …');
  while ((await endedRows(server)) < 1_000_000) await wholeLife(server, { events: 100_000, ...BATCHES });
  const late = await wholeLife(server, { events: 10_000, ...BATCHES });
  print(describe('at 10⁴ events in the log', early));
  print(describe('at 10⁶ events in the log', late));
  const cost = early.eventsPerSecond / late.eventsPerSecond;
  print(`cost of an event at 10⁶ against 10⁴: ${cost.toFixed(2)}×; resident memory: ${await memory(server)}`);
}

const profile = values.profile === 'full' ? 'full' : 'embedded';
print(
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${mebibytes(totalmem())}, Linux ${release()}, Node ${process.version}`,
);
print(
  `The ${profile} profile, 500-byte events, load generator on the same machine. An event counts once its row says PROCESSED.\n`,
);
if (positionals[0] === 'anchoring') {
  await benchAnchoring(print, Number(values.transitions));
  process.exit(0);
}
if (positionals[0] === 'similar') {
  // Loaded here alone: it stands on the support of tests, which takes a while.
  const { benchSimilar } = await import('./similar.ts');
  await benchSimilar({ print, deadLetters: Number(values['dead-letters'] ?? 100_000), texts: Number(values.texts) });
  process.exit(0);
}
if (positionals[0] === 'dead-letters') {
  const { benchDeadLetters } = await import('./dead-letters.ts');
  await benchDeadLetters({ print, deadLetters: Number(values['dead-letters'] ?? 1_000_000) });
  process.exit(0);
}
if (positionals[0] === 'plans') {
  const { benchPlans } = await import('./plans.ts');
  await benchPlans({ print, members: Number(values['dead-letters'] ?? 100_000) });
  process.exit(0);
}
if (positionals[0] === 'rebuild') {
  const { projection, on, transitions } = values;
  await benchRebuild(print, { projection, on, transitions: Number(transitions) });
  process.exit(0);
}
if (positionals[0] === 'explaining') {
  await benchExplaining({ print, rounds: Number(values.rounds), events: Number(values.events) });
  process.exit(0);
}
await measureCeiling();
const server = await profiles[profile]();
try {
  await (values.sustained === undefined ? measure(server) : sustain(server, Number(values.sustained), print));
} finally {
  await server.stop();
}
