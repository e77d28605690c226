import { type Kysely, sql } from 'kysely';
import { expect } from 'vitest';
import type { EventReader } from '../../../src/application/ports/event-log.ts';
import type { AskedOfRebuild } from '../../../src/application/use-cases/rebuild/operate-rebuild.ts';
import { readRebuilds } from '../../../src/application/use-cases/rebuild/read-rebuilds.ts';
import type { UseCases } from '../../../src/application/use-cases.ts';
import type { RebuildStep } from '../../../src/domain/rebuild/state.ts';
import type { Database } from '../../../src/projections/database.ts';
import { byClient } from '../worker/posting.ts';

const LONGEST_MS = 30_000;

/** What an operator does about one read model. */
export function operatorOf(projection: string, log: EventReader, useCases: Pick<UseCases, 'operateRebuild'>) {
  const operate = (command: AskedOfRebuild['command']) =>
    useCases.operateRebuild({ projection, command, context: byClient });
  const asked = (id: string) => ({ id, reason: 'a test', requestedBy: 'alice' });
  const last = async () => (await readRebuilds(log, projection)).at(-1) ?? null;
  return {
    last,
    request: (id: string, version = 1) => operate({ kind: 'RequestRebuild', ...asked(id), version }),
    promote: (id: string, acceptsDifferences = false) =>
      operate({ kind: 'PromoteRebuild', ...asked(id), acceptsDifferences }),
    ask: (kind: 'CompareRebuild' | 'RollBackRebuild' | 'CancelRebuild' | 'DropRebuild', id: string) =>
      operate({ kind, ...asked(id) }),
    async until(step: RebuildStep) {
      await expect.poll(async () => (await last())?.step, { timeout: LONGEST_MS, interval: 20 }).toBe(step);
      return last();
    },
  };
}

/** Which table a plain name leads to: another one after an exchange. */
export async function identityOf(db: Kysely<Database>, table: string): Promise<string | null> {
  const { rows } = await sql<{ oid: string | null }>`select to_regclass(${table})::oid::text as oid`.execute(db);
  return rows[0]?.oid ?? null;
}

export async function schemasBeside(db: Kysely<Database>): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select nspname as name from pg_namespace where nspname like 'rebuild_%'`.execute(db);
  return rows.map(({ name }) => name);
}
