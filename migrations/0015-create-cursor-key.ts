// What the cursors of lists are made with. Not from the log, so no read model; when it is lost, lists begin again.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table cursor_key (
      is_only boolean constraint cursor_key_pkey primary key default true constraint cursor_key_is_only check (is_only),
      key text not null
    )`.execute(db);
}
