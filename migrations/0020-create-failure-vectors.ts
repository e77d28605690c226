// What makes failures similar: for each text its terms, and its vector with the model that made it. Of no read model: it is made from
// texts alone, and a vector may have been paid for.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  // Where they are to be had and permitted; without them, texts are compared in other ways.
  for (const extension of ['vector', 'pg_trgm'])
    await sql`
      do $$
      begin
        if exists (select from pg_available_extensions where name = ${sql.lit(extension)}) then
          create extension if not exists ${sql.id(extension)};
        end if;
      exception when others then null;
      end
      $$`.execute(db);
  await sql`
    create table failure_vectors (
      text_id uuid constraint failure_vectors_pkey primary key,
      text text not null,
      terms tsvector not null,
      model text not null,
      dimension integer not null,
      embedding real[]
    )`.execute(db);
  await sql`create index failure_vectors_by_model on failure_vectors (model)`.execute(db);
  await sql`create index failure_vectors_by_terms on failure_vectors using gin (terms)`.execute(db);
}
