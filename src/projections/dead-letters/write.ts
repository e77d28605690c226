import { sql } from 'kysely';
import { eventIdOfStream } from '../../application/event-identity.ts';
import type { RecordedTransition } from '../../application/ports/event-log.ts';
import type { DecodedTransition, SlotTransaction } from '../read-model.ts';
import type { Fact, FailureFacts } from './fact.ts';

type Decoded = DecodedTransition<Fact | null>;

/** What the last transitions of an event in a batch come to. */
interface Outcome {
  readonly event_id: string;
  revision: string;
  failure: FailureFacts | null;
  dead: DeadRow | null;
}

interface DeadRow {
  readonly type: string;
  readonly source: string;
  readonly client_id: string;
  readonly received_at: string;
  readonly died_at: string;
  readonly reason: string;
  readonly attempts: number;
  readonly generation: number;
}

/** Brings the rows up to `decoded`. The last of its transitions decides the outcome of each event. */
export async function writeDeadLetters(to: SlotTransaction, decoded: readonly Decoded[]): Promise<void> {
  const outcomes = foldByEvent(decoded);
  if (outcomes.length === 0) return;
  const missing = outcomes.filter(({ dead, failure }) => dead !== null && failure === null);
  const failures = await undecidedOf(to, missing);
  const dead = outcomes.flatMap(({ event_id, revision, dead: row, failure }) => {
    const found = failure ?? failures.get(event_id);
    return row === null || found === undefined ? [] : [{ event_id, revision, ...row, ...found }];
  });
  const undecided = outcomes.flatMap(({ event_id, revision, dead: row, failure }) =>
    row === null && failure !== null ? [{ event_id, revision, ...failure }] : [],
  );
  await deleteRows(to, outcomes);
  if (dead.length > 0) await insertDead(to, dead);
  if (undecided.length > 0) await insertUndecided(to, undecided);
}

function foldByEvent(decoded: readonly Decoded[]): readonly Outcome[] {
  const outcomes = new Map<string, Outcome>();
  for (const { recorded, transition, first } of decoded) {
    if (transition === null || transition.kind === 'received') continue;
    const event_id = eventIdOfStream(recorded.stream);
    const revision = recorded.revision.toString();
    const before = outcomes.get(event_id);
    if (before !== undefined && BigInt(before.revision) >= recorded.revision) continue;
    outcomes.set(event_id, {
      ...{ event_id, revision },
      failure:
        transition.kind === 'failed'
          ? transition.failure
          : transition.kind === 'dead'
            ? (before?.failure ?? null)
            : null,
      dead: transition.kind === 'dead' ? deadRow(recorded, transition, first) : null,
    });
  }
  return [...outcomes.values()];
}

function deadRow(recorded: RecordedTransition, fact: Extract<Fact, { kind: 'dead' }>, first: unknown): DeadRow | null {
  const received = first as Extract<Fact, { kind: 'received' }> | null | undefined;
  if (received?.kind !== 'received') return null;
  const { type, source, clientId: client_id, receivedAt: received_at } = received;
  const { reason, attempts, generation } = fact;
  return { type, source, client_id, received_at, died_at: recorded.recordedAt, reason, attempts, generation };
}

async function undecidedOf({ transaction, named }: SlotTransaction, outcomes: readonly Outcome[]) {
  if (outcomes.length === 0) return new Map<string, FailureFacts>();
  const { rows } = await sql<FailureFacts & { event_id: string }>`
    select event_id, class, error, fingerprint, group_id from ${named('undecided_failures')}
    where event_id = any(${outcomes.map(({ event_id }) => event_id)}::uuid[])`.execute(transaction);
  return new Map(rows.map(({ event_id, ...failure }) => [event_id, failure]));
}

/** All rows of these events: one that is a dead letter still is written afterwards. */
async function deleteRows({ transaction, named }: SlotTransaction, outcomes: readonly Outcome[]): Promise<void> {
  const given = JSON.stringify(outcomes.map(({ event_id, revision }) => ({ event_id, revision })));
  for (const table of ['dead_events', 'undecided_failures'])
    await sql`
      delete from ${named(table)} as rows
      using json_to_recordset(${given}::json) as given (event_id uuid, revision bigint)
      where rows.event_id = given.event_id and rows.revision <= given.revision`.execute(transaction);
}

const failureColumns = 'class text, error text, fingerprint text, group_id uuid, revision bigint';

async function insertDead({ transaction, named }: SlotTransaction, rows: readonly object[]): Promise<void> {
  await sql`
    insert into ${named('dead_events')}
      (event_id, type, source, client_id, received_at, died_at, reason, attempts, generation,
        class, error, fingerprint, group_id, revision)
    select event_id, type, source, client_id, received_at, died_at, reason, attempts, generation,
      class, error, fingerprint, group_id, revision
    from json_to_recordset(${JSON.stringify(rows)}::json) as given (
      event_id uuid, type text, source text, client_id text, received_at timestamptz, died_at timestamptz,
      reason text, attempts integer, generation integer, ${sql.raw(failureColumns)}
    )
    on conflict (event_id) do nothing`.execute(transaction);
}

async function insertUndecided({ transaction, named }: SlotTransaction, rows: readonly object[]): Promise<void> {
  await sql`
    insert into ${named('undecided_failures')} (event_id, class, error, fingerprint, group_id, revision)
    select event_id, class, error, fingerprint, group_id, revision
    from json_to_recordset(${JSON.stringify(rows)}::json) as given (event_id uuid, ${sql.raw(failureColumns)})
    on conflict (event_id) do nothing`.execute(transaction);
}
