// One text may be a client's key and the name of a CloudEvent: two events. An event's id follows from its key and is
// unique already, and an index has no room for every key.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table events drop constraint events_idempotency_key`.execute(db);
}
