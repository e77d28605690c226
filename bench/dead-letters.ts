// How long a page of dead letters takes with each filter, and how PostgreSQL finds it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompiledQuery, type KyselyPlugin, sql } from 'kysely';
import { openPostgresReadDatabase } from '../src/adapters/postgres/open-postgres-read-database.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import { systemRandom } from '../src/adapters/system/random.ts';
import { type Database, readOnly, type WritableDatabase } from '../src/projections/database.ts';
import { type DeadLetterFilters, listDeadLetters } from '../src/projections/dead-letters/queries.ts';
import { readModels } from '../src/projections/index.ts';
import { createProjectionStore } from '../src/projections/projection-store.ts';
import { createPostgres, findPostgres } from '../test/support/services/postgres.ts';
import { silentLogger } from '../test/support/worker/silent-logger.ts';
import { percentile } from './load.ts';

interface Asked {
  readonly deadLetters: number;
  readonly print: (line?: string) => void;
}

const PAGE = { limit: 51 };
const ASKED_TIMES = 40;
const DAY = '2030-01-05T00:00:00.000Z';

/** One of each filter, for many rows, for few, and for none: the last are the ones that may look at everything. */
const searches: Readonly<Record<string, DeadLetterFilters>> = {
  none: {},
  'type, a tenth': { type: 'type.3' },
  'type, a thousandth': { type: 'rare.3' },
  'type, none': { type: 'no.such' },
  'source, a hundredth': { source: 'source-7' },
  'source, none': { source: 'no-such' },
  'client, a thousandth': { client: 'client-77' },
  'client, none': { client: 'no-such' },
  'class, a fiftieth': { class: 'Error7' },
  'class, none': { class: 'NoSuch' },
  'failure, a thousandth': { failure: 'fingerprint-77' },
  'failure, none': { failure: 'no-such' },
  'reason, none': { reason: 'poison' },
  'createdAfter, a tenth': { createdAfter: DAY },
  'diedAfter and diedBefore': { diedAfter: '2030-01-03T00:00:00.000Z', diedBefore: '2030-01-03T01:00:00.000Z' },
  'attemptsAtLeast, none': { attemptsAtLeast: 99 },
  'generationAtLeast, none': { generationAtLeast: 99 },
  'text, a hundredth': { text: 'host-42.' },
  'text, none': { text: 'no such text' },
};

/** In PostgreSQL, with rows as the projector makes them. */
export async function benchDeadLetters({ deadLetters, print }: Asked): Promise<void> {
  const found = findPostgres();
  if (!found.found) return print(`There is no PostgreSQL here: ${found.why}`);
  const folder = await mkdtemp(join(tmpdir(), 'bench-dead-letters-'));
  const server = createPostgres({ folder, binaries: found.binaries, fsync: false });
  await server.start();
  try {
    const opened = await openPostgresReadDatabase<Database>({
      url: await server.createDatabase('rows'),
      ...{ clock: systemClock, random: systemRandom, logger: silentLogger, verify: async () => {} },
    });
    const { db } = opened;
    for (const readModel of readModels) await createProjectionStore(db, readModel).load();
    await opened.forLong((long) => fill(long, deadLetters), new AbortController().signal);
    print(`${deadLetters} dead letters; a page of ${PAGE.limit - 1}, ${ASKED_TIMES} times`);
    for (const [name, filters] of Object.entries(searches)) print(await measured(db, name, filters));
    await opened.close();
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measured(db: WritableDatabase, name: string, filters: DeadLetterFilters): Promise<string> {
  const reading = readOnly(db);
  const tookMs: number[] = [];
  let rows = 0;
  for (let turn = 0; turn < ASKED_TIMES; turn++) {
    const from = performance.now();
    rows = (await listDeadLetters(reading, { filters }, PAGE)).length;
    tookMs.push(performance.now() - from);
  }
  const [p50, p95] = [0.5, 0.95].map((share) => `${percentile(tookMs, share).toFixed(1)} ms`.padStart(9));
  return `${name.padEnd(26)} p50 ${p50}  p95 ${p95}  ${String(rows).padStart(2)} rows  ${await planOf(db, filters)}`;
}

/** What reads the rows, in the words of EXPLAIN. */
async function planOf(db: WritableDatabase, filters: DeadLetterFilters): Promise<string> {
  let asked: CompiledQuery | null = null;
  const watching: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      asked = db.getExecutor().compileQuery(node, queryId);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  await listDeadLetters(readOnly(db.withPlugin(watching)), { filters }, PAGE);
  const { sql: text, parameters } = asked as unknown as CompiledQuery;
  const { rows } = await db.executeQuery<{ readonly 'QUERY PLAN': string }>(
    CompiledQuery.raw(`explain ${text}`, [...parameters]),
  );
  const scans = rows.map((row) => row['QUERY PLAN']).filter((line) => /Scan|Sort/.test(line));
  return scans.map((line) => line.replace(/^[\s>-]+|\s+\(cost.*$/g, '')).join('; ');
}

async function fill(db: WritableDatabase, count: number): Promise<void> {
  await sql`
    insert into dead_events (event_id, type, source, client_id, received_at, died_at, reason, class, error, fingerprint,
      group_id, attempts, generation, revision)
    select gen_random_uuid(),
      case when n % 1000 = 3 then 'rare.3' else 'type.' || n % 10 end,
      'source-' || n % 100, 'client-' || n % 1000,
      '2030-01-01T00:00:00Z'::timestamptz + n * interval '400 ms', '2030-01-01T00:00:05Z'::timestamptz + n * interval '400 ms',
      'attempts-exhausted', 'Error' || n % 50,
      'Error' || n % 50 || ': host-' || n % 100 || '.example answered 503 after ' || n || ' ms',
      'fingerprint-' || n % 1000, md5((n % 1000)::text)::uuid, 5, 0, 16
    from generate_series(1, ${count}::integer) as n`.execute(db);
  await sql`analyze dead_events`.execute(db);
}
