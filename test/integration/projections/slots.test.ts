import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { readOnly } from '../../../src/projections/database.ts';
import { dueWork } from '../../../src/projections/due-work/read-model.ts';
import { listEvents } from '../../../src/projections/events/queries.ts';
import { events } from '../../../src/projections/events/read-model.ts';
import { readModels } from '../../../src/projections/index.ts';
import { createProjectionStore } from '../../../src/projections/projection-store.ts';
import type { ReadModel } from '../../../src/projections/read-model.ts';
import { histories } from '../../support/domain/transitions.ts';
import { checkpointOf, rowsOf } from '../../support/projections/tables-of-read-models.ts';
import { checkpointAfter, historyOf, logOf, projectorOf } from '../../support/read-database/following.ts';
import { readTablesOfThisFile } from '../../support/read-database/of-this-file.ts';

const db = readTablesOfThisFile();
const BESIDE = 'beside the live one';
const everyState = Object.entries(histories)
  .filter(([, history]) => history.length > 0)
  .map(([name, history]) => historyOf(name, history));
/** Each history in turn, so that every batch has transitions of several. */
const log = logOf(
  Array.from({ length: 10 }, (_, revision) => everyState.flatMap((history) => history[revision] ?? [])).flat(),
);

describe('a second copy of a read model', () => {
  it.each([1, 2, 3, 500])('is filled beside the live one, and becomes the same: batches of %i', async (batch) => {
    await projectorOf(events, db()).handle(log, checkpointAfter(log.length));
    const live = await rowsOf(db(), events);

    const slot = `${BESIDE}, ${batch}`;
    const projector = projectorOf(events, db(), { store: createProjectionStore(db(), events, slot), slot });
    expect(projector.name).toBe(`projection:events@${slot}`);
    expect(await projector.load()).toBeNull();
    for (let from = 0; from < log.length; from += batch) {
      const to = Math.min(from + batch, log.length);
      await projector.handle(log.slice(from, to), checkpointAfter(to));
      expect(await rowsOf(db(), events)).toEqual(live);
    }
    expect(await rowsOf(db(), events, slot)).toEqual(live);
    expect(await checkpointOf(db(), events, slot)).toBe(checkpointAfter(log.length));
    expect(await checkpointOf(db(), events)).toBe(checkpointAfter(log.length));
    expect(live).toHaveLength(everyState.length);
  });

  it('is asked the same questions, and is behind or ahead by itself', async () => {
    await projectorOf(events, db()).handle(log, checkpointAfter(log.length));
    const store = createProjectionStore(db(), events, BESIDE);
    const projector = projectorOf(events, db(), { store, slot: BESIDE });
    await projector.load();
    const pageIn = (slot: string | null) => listEvents(readOnly(db(), slot), {}, { limit: 100 });
    expect((await pageIn(BESIDE)).items).toEqual([]);
    await projector.handle(log, checkpointAfter(log.length));
    expect(await pageIn(BESIDE)).toEqual(await pageIn(null));
    expect((await pageIn(null)).items).toHaveLength(everyState.length);
    await projector.caughtUp?.();
    expect(await store.isCaughtUp()).toBe(true);
    expect(await createProjectionStore(db(), events).isCaughtUp()).toBe(false);
  });

  it('of the due work holds the same events', async () => {
    await projectorOf(dueWork, db()).handle(log, checkpointAfter(log.length));
    const store = createProjectionStore(db(), dueWork, BESIDE);
    const projector = projectorOf(dueWork, db(), { store, slot: BESIDE });
    await projector.load();
    await projector.handle(log, checkpointAfter(log.length));
    // When each is asked for is by the database's clock.
    const without = (rows: readonly unknown[]) => rows.map((row) => String(row).replace(/"ask_at":"[^"]*"/, ''));
    expect(without(await rowsOf(db(), dueWork, BESIDE))).toEqual(without(await rowsOf(db(), dueWork)));
    expect(await rowsOf(db(), dueWork)).not.toEqual([]);
  });
});

/** All that the database says of a read model's tables, but for where they are. */
async function catalogOf({ tables }: ReadModel, schema: string) {
  const { rows } = await sql<{ entry: string }>`
    select format('column %s.%s %s not null %s default %s statistics %s', c.relname, a.attname,
      format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attstattarget) as entry
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where n.nspname = ${schema} and c.relname = any(${tables}::text[]) and a.attnum > 0 and not a.attisdropped
    union all
    select replace(indexdef, quote_ident(schemaname) || '.', '') from pg_indexes
    where schemaname = ${schema} and tablename = any(${tables}::text[])
    union all
    select 'constraint ' || conname || ' ' || pg_get_constraintdef(k.oid) from pg_constraint k
    join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${schema} and c.relname = any(${tables}::text[])`.execute(db());
  return rows.map(({ entry }) => entry).sort();
}

describe('the statements that create the tables of', () => {
  it.each(readModels.map((readModel) => [readModel.name, readModel] as const))(
    '%s say the same as all migrations together',
    async (name, readModel) => {
      const slot = `created for ${name}`;
      // Those without a migration are created by whoever fills them.
      for (const each of [null, slot]) await createProjectionStore(db(), readModel, each).load();
      const live = await catalogOf(readModel, 'public');
      expect(live.length).toBeGreaterThan(8);
      expect(await catalogOf(readModel, slot)).toEqual(live);
    },
  );
});
