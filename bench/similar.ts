// How long a search for similar failures takes, and how well it does on the labelled set that lies among them.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openEmbeddedReadDatabase } from '../src/adapters/postgres/open-embedded-read-database.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import { groupOf } from '../src/application/failure-groups/identity.ts';
import { textIdOf } from '../src/application/similar/failure-text.ts';
import { createTextIndexer } from '../src/application/similar/index-texts.ts';
import { localEmbeddings } from '../src/application/similar/local-embeddings.ts';
import { type Database, readOnly, type WritableDatabase } from '../src/projections/database.ts';
import { readModels } from '../src/projections/index.ts';
import { createProjectionStore } from '../src/projections/projection-store.ts';
import { createTextIndex } from '../src/projections/similar/text-index.ts';
import { openApi } from '../test/support/api/api-under-test.ts';
import { createInMemoryLog } from '../test/support/in-memory-log.ts';
import { families } from '../test/support/similar/families.ts';
import { failureOf } from '../test/support/similar/labelled-log.ts';
import { singletons } from '../test/support/similar/singletons.ts';
import { silentLogger } from '../test/support/worker/silent-logger.ts';

interface Asked {
  readonly deadLetters: number;
  readonly texts: number;
  readonly print: (line?: string) => void;
}

const SEARCHES = 300;
const ROWS = 1_000;

/** In PGlite. Rows are put there as the projectors make them, the texts are indexed as the indexer does it, and searches come through the API. */
export async function benchSimilar({ deadLetters, texts, print }: Asked): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-similar-'));
  const opened = await openEmbeddedReadDatabase<Database>({ folder, logger: silentLogger });
  const { db } = opened;
  try {
    for (const readModel of readModels) await createProjectionStore(db, readModel).load();
    await fill(db, { deadLetters, texts });
    const index = createTextIndex(db);
    await index.prepare(new AbortController().signal);
    const random = { uuid: randomUUID, fraction: () => 0 };
    const indexer = createTextIndexer({
      index,
      embeddings: localEmbeddings,
      clock: systemClock,
      random,
      logger: silentLogger,
    });
    const begun = performance.now();
    await indexer.indexAll();
    const seconds = (performance.now() - begun) / 1_000;
    print(
      `${deadLetters} dead letters with ${texts} different texts; indexed in ${seconds.toFixed(1)} s, ${(texts / seconds).toFixed(0)} texts/s`,
    );
    print(`compared: ${(await index.limitation()) ?? 'by HNSW, full text and trigrams'}`);
    await sql`analyze`.execute(db);
    // Not closed: what it was seen to answer is left to the tests then.
    const { call } = openApi({ log: createInMemoryLog(), readDatabase: () => readOnly(db) });
    const search = async (text: string, limit = 10) => {
      const answer = await call({ method: 'POST', url: '/v1/similar', payload: { text, limit }, as: 'viewer' });
      if (answer.statusCode !== 200) throw new Error(answer.body);
      return answer.json().items as readonly { readonly failureGroup: { readonly id: string } }[];
    };
    const asked = [...Object.values(families).flat(), ...singletons];
    for (const text of asked.slice(0, 20)) await search(text);
    const took: number[] = [];
    let found = 0;
    for (let at = 0; at < SEARCHES; at++) {
      const from = performance.now();
      found += (await search(asked[(at * 7) % asked.length] ?? '')).length;
      took.push(performance.now() - from);
    }
    took.sort((one, other) => one - other);
    const share = (part: number) => `${(took[Math.ceil(took.length * part) - 1] ?? 0).toFixed(1)} ms`;
    print(
      `${SEARCHES} searches for ten: p50 ${share(0.5)}, p95 ${share(0.95)}, p99 ${share(0.99)}; ${(found / SEARCHES).toFixed(1)} found on average`,
    );
  } finally {
    await opened.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const places = [
  'orders',
  'invoices',
  'mails',
  'refunds',
  'shipments',
  'coupons',
  'catalogue',
  'customers',
  'payouts',
  'labels',
];
const acts = [
  'import',
  'export',
  'charge',
  'reserve',
  'notify',
  'render',
  'sync',
  'archive',
  'enrich',
  'verify',
  'publish',
  'merge',
];
const words = [
  'alpha',
  'bravo',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'grove',
  'harbor',
  'island',
  'jungle',
  'kiosk',
  'lagoon',
  'meadow',
  'nectar',
  'orchid',
  'prairie',
];

/** A failure of the labelled set as it may be wrapped by others' code. */
function textAt(at: number): string {
  const known = Object.values(families).flat();
  const text = known[at % known.length] ?? '';
  const round = Math.floor(at / known.length);
  if (round === 0) return text;
  const pick = (from: readonly string[], by: number) => from[Math.floor(round / by) % from.length];
  return `${text} (${pick(acts, 1)} of ${pick(places, acts.length)} in ${pick(words, acts.length * places.length)})`;
}

async function fill(db: WritableDatabase, { deadLetters, texts }: Pick<Asked, 'deadLetters' | 'texts'>): Promise<void> {
  const each = Math.floor(deadLetters / texts);
  for (let from = 0; from < texts; from += ROWS) {
    const rows = Array.from({ length: Math.min(ROWS, texts - from) }, (_, at) => {
      const { id, of } = groupOf('orders.*', failureOf(textAt(from + at)));
      return {
        id,
        text_id: textIdOf(of),
        class: of.class,
        message: of.message,
        position: from + at,
        version: of.fingerprintVersion,
        event_id: randomUUID(),
      };
    });
    await sql`
      with given as (
        select * from json_to_recordset(${JSON.stringify(rows)}::json)
          as given (id uuid, text_id uuid, class text, message text, position bigint, version integer, event_id uuid)
      ), texts as (
        insert into failure_texts (group_id, text_id, class, message, position)
        select id, text_id, class, message, position from given on conflict do nothing
      )
      insert into failure_groups (id, root_id, handler, class, message, frames, fingerprint_version, splits, first_seen_at,
        last_seen_at, last_event_id, events, attempts, dead, handler_versions, replays_processed, replays_failed)
      select id, id, 'orders.*', class, message, '[]', version, '[]', now(), now() - position * interval '1 minute', event_id, ${each},
        ${each}, ${each}, '["1"]', 0, 0
      from given on conflict do nothing`.execute(db);
    await sql`
      insert into failure_group_events (group_id, event_id)
      select id, gen_random_uuid() from failure_groups, generate_series(1, ${each}::integer)
      where id = any(${rows.map(({ id }) => id)}::uuid[])`.execute(db);
  }
}
