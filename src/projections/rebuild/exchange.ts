import { type Kysely, sql, type Transaction } from 'kysely';
import { ConcurrencyConflict } from '../../application/failures.ts';
import type { Lease } from '../../application/ports/leases.ts';
import type { Database } from '../database.ts';
import { requireLease } from '../leases.ts';
import { projectionNameOf } from '../projection-states.ts';
import type { ReadModel } from '../read-model.ts';

/** An operator has to change something before the copies can be exchanged. Nothing was changed. */
export class ExchangeRefused extends Error {
  override readonly name = 'ExchangeRefused';
}

export interface Exchange {
  /** In the version of each copy. */
  readonly live: ReadModel;
  readonly beside: ReadModel;
  /** Of the copy that is to be read, as it was found. */
  readonly besideRebuildId: string | null;
  /** How long readers may be kept waiting. */
  readonly lockTimeoutMs: number;
  readonly lease: Lease | null;
}

interface Given extends Exchange {
  readonly projection: string;
  readonly slot: string;
}

/**
 * Gives each copy the other's names: the tables move between schemas, so that whoever reads the plain names reads the other
 * rows from the next statement on, and no statement fails. What is known of them by name goes with them.
 */
export const exchangeCopies = (db: Kysely<Database>, given: Given): Promise<void> =>
  db.transaction().execute(async (transaction) => {
    const { live, beside, slot, lockTimeoutMs, lease } = given;
    await sql`set local lock_timeout = ${sql.lit(lockTimeoutMs)}`.execute(transaction);
    await requireOnePosition(transaction, given);
    const schema = await schemaOf(transaction, live);
    await refuseForeignViews(transaction, live, schema);
    const ofBeside = [...beside.tables, ...(beside.views ?? [])];
    for (const name of [...live.tables, ...(live.views ?? [])].filter((each) => ofBeside.includes(each)))
      await copyGrants(transaction, name, { from: schema, to: slot });
    const between = `${slot}_before`;
    await sql`create schema ${sql.id(between)}`.execute(transaction);
    await move(transaction, live, { from: schema, to: between });
    await move(transaction, beside, { from: slot, to: schema });
    await move(transaction, live, { from: between, to: slot });
    await sql`drop schema ${sql.id(between)}`.execute(transaction);
    await exchangeNames(transaction, given);
    // Last, because until the end of the transaction the lease can be neither prolonged nor taken over.
    if (lease !== null) await requireLease(transaction, lease);
  });

const namesOf = ({ live, slot }: Given) => ({
  ofLive: projectionNameOf(live),
  ofBeside: projectionNameOf(live, slot),
});

async function requireOnePosition(transaction: Transaction<Database>, given: Given): Promise<void> {
  const { projection, slot, besideRebuildId } = given;
  const { ofLive, ofBeside } = namesOf(given);
  const checkpoints = await transaction
    .selectFrom('checkpoints')
    .select('checkpoint')
    .where('subscriber', 'in', [ofLive, ofBeside])
    .orderBy('subscriber')
    .forUpdate()
    .execute();
  const [one, other] = checkpoints;
  if (one?.checkpoint !== other?.checkpoint)
    throw new ConcurrencyConflict(`The two copies of ${projection} are of different positions in the log`);
  const copies = await transaction
    .selectFrom('projection_copies')
    .select('rebuild_id')
    .where('projection', '=', projection)
    .where('slot', '=', slot)
    .forUpdate()
    .execute();
  const [copy] = copies;
  if (copy === undefined || copy.rebuild_id !== besideRebuildId)
    throw new ConcurrencyConflict(`The copy beside ${projection} is no longer the one that it was; read it again`);
}

async function schemaOf(transaction: Transaction<Database>, { tables }: ReadModel): Promise<string> {
  const { rows } = await sql<{ schema: string }>`
    select nspname as schema from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where pg_class.oid = to_regclass(quote_ident(${tables[0]}))`.execute(transaction);
  const [found] = rows;
  if (found === undefined) throw new ConcurrencyConflict(`The table ${tables[0]} is missing`);
  return found.schema;
}

/** They would stay with the rows that are read no longer, and nothing would show it. */
async function refuseForeignViews(transaction: Transaction<Database>, live: ReadModel, schema: string): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select distinct view.oid::regclass::text as name
    from pg_depend join pg_rewrite on pg_rewrite.oid = objid join pg_class as view on view.oid = ev_class
    join pg_class as used on used.oid = refobjid join pg_namespace on pg_namespace.oid = used.relnamespace
    where classid = 'pg_rewrite'::regclass and refclassid = 'pg_class'::regclass and nspname = ${schema}
      and used.relname = any(${[...live.tables, ...(live.views ?? [])]}::text[])
      and view.oid <> used.oid and not view.relname = any(${[...(live.views ?? [])]}::text[])`.execute(transaction);
  if (rows.length > 0)
    throw new ExchangeRefused(
      `${rows.map(({ name }) => name).join(', ')} would go on to read the rows of before: drop what was made over the tables of ${live.name}, and make it again afterwards`,
    );
}

interface Between {
  readonly from: string;
  readonly to: string;
}

/** Who may read the one may read the other. */
async function copyGrants(transaction: Transaction<Database>, name: string, { from, to }: Between): Promise<void> {
  const { rows } = await sql<{ privilege: string; role: string | null }>`
    select privilege_type as privilege, rolname as role
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace, aclexplode(relacl)
    left join pg_roles on pg_roles.oid = grantee
    where nspname = ${from} and relname = ${name} and grantee <> relowner`.execute(transaction);
  for (const { privilege, role } of rows)
    await sql`grant ${sql.raw(privilege)} on ${sql.id(to, name)} to ${role === null ? sql`public` : sql.id(role)}`.execute(
      transaction,
    );
}

/** Views first, as their readers lock them first. */
async function move(transaction: Transaction<Database>, { views = [], tables }: ReadModel, { from, to }: Between) {
  for (const name of [...views, ...tables])
    await sql`alter table ${sql.id(from, name)} set schema ${sql.id(to)}`.execute(transaction);
}

async function exchangeNames(transaction: Transaction<Database>, given: Given): Promise<void> {
  const { projection, slot } = given;
  const { ofLive, ofBeside } = namesOf(given);
  // Checkpoints are equal, and stay.
  for (const table of ['projection_failures', 'projection_states'] as const) {
    const between = `${ofBeside}.before`;
    for (const [from, to] of [
      [ofLive, between],
      [ofBeside, ofLive],
      [between, ofBeside],
    ] as const)
      await transaction.updateTable(table).set({ subscriber: to }).where('subscriber', '=', from).execute();
  }
  await sql`
    update projection_copies as copy set version = other.version, rebuild_id = other.rebuild_id
    from projection_copies as other
    where copy.projection = ${projection} and other.projection = copy.projection
      and copy.slot in ('', ${slot}) and other.slot in ('', ${slot}) and other.slot <> copy.slot`.execute(transaction);
}
