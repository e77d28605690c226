import { sql } from 'kysely';
import { type IdentifiedGroup, splitOffFrom } from '../../application/failure-groups/identity.ts';
import type { DecodedTransition, SlotTransaction } from '../read-model.ts';
import { applyToGroup } from './acts.ts';
import type { Fact } from './fact.ts';
import {
  type EventRow,
  type GroupRow,
  keepEvents,
  keepGroups,
  keepMembers,
  loadEvents,
  loadGroups,
  newGroupRow,
} from './rows.ts';

/** Versions of a handler that a group remembers: the latest. */
const MOST_VERSIONS = 20;

/**
 * Counts what is beyond the position up to which the log is counted, and moves it there, so that the same transitions count once
 * however often they come. A batch without a failure costs nothing.
 */
export async function writeFailureGroups(
  to: SlotTransaction,
  decoded: readonly DecodedTransition<Fact | null>[],
): Promise<void> {
  const last = decoded.at(-1);
  if (last === undefined) return;
  // Nothing has failed, as in most batches.
  if (decoded.every(({ transition }) => transition === null)) return;
  const counted = await positionOf(to);
  const facts = decoded.flatMap(({ recorded, transition }) =>
    transition === null || recorded.position <= counted ? [] : [transition],
  );
  // Acts move rows of many groups, so what came before them is written first.
  let run: Exclude<Fact, { kind: 'of-group' }>[] = [];
  for (const fact of facts)
    if (fact.kind === 'of-group') {
      await countFacts(to, run);
      run = [];
      await applyToGroup(to, fact);
    } else run.push(fact);
  await countFacts(to, run);
  await moveTo(to, last.recorded.position);
}

async function countFacts(to: SlotTransaction, facts: readonly Exclude<Fact, { kind: 'of-group' }>[]): Promise<void> {
  if (facts.length === 0) return;
  const events = new Map(
    (await loadEvents(to, [...new Set(facts.map(({ eventId }) => eventId))])).map((row) => [row.event_id, row]),
  );
  const groups = new Map<string, GroupRow>();
  const known = new Set<string>();
  const load = async (ids: readonly string[]) => {
    const missing = ids.filter((id) => !known.has(id));
    if (missing.length === 0) return;
    for (const id of missing) known.add(id);
    for (const row of await loadGroups(to, missing)) groups.set(row.id, row);
  };
  await load([
    ...new Set([
      ...facts.flatMap((fact) => (fact.kind === 'failed' ? fact.group.id : [])),
      ...[...events.values()].flatMap(({ group_id, replay_of }) => [
        group_id,
        ...(replay_of === null ? [] : [replay_of]),
      ]),
    ]),
  ]);
  await load([...new Set([...groups.values()].map(({ root_id }) => root_id))]);
  const members: { group_id: string; event_id: string }[] = [];

  async function failed(fact: Extract<Fact, { kind: 'failed' }>): Promise<void> {
    let group: IdentifiedGroup = fact.group;
    for (;;) {
      const split = groups.get(group.id)?.splits.find(({ containing }) => fact.message.includes(containing));
      if (split === undefined) break;
      group = splitOffFrom(group, split);
      await load([group.id]);
    }
    const row = groups.get(group.id) ?? newGroupRow(group, fact.at);
    groups.set(row.id, row);
    row.attempts++;
    row.first_seen_at = earlier(row.first_seen_at, fact.at);
    row.last_seen_at = later(row.last_seen_at, fact.at);
    row.last_event_id = fact.eventId;
    const { handlerVersion } = fact;
    if (handlerVersion !== null && !row.handler_versions.includes(handlerVersion))
      row.handler_versions = [...row.handler_versions, handlerVersion].slice(-MOST_VERSIONS);
    members.push({ group_id: row.id, event_id: fact.eventId });
    const event = events.get(fact.eventId);
    if (event === undefined)
      events.set(fact.eventId, { event_id: fact.eventId, group_id: row.id, is_dead: false, replay_of: null });
    else Object.assign(event, { group_id: row.id, is_dead: false });
    await load([row.root_id]);
    const root = groups.get(row.root_id) ?? row;
    if (root.resolution !== null && root.returned_at === null && isReturn(root.resolution, handlerVersion))
      root.returned_at = fact.at;
  }

  for (const fact of facts) {
    if (fact.kind === 'failed') {
      await failed(fact);
      continue;
    }
    const event = events.get(fact.eventId);
    if (event === undefined) continue;
    if (fact.kind === 'replayed') {
      if (event.is_dead) Object.assign(event, { is_dead: false, replay_of: event.group_id });
      continue;
    }
    if (fact.kind === 'dead') {
      event.is_dead = true;
      await load([event.group_id]);
      const group = groups.get(event.group_id);
      if (group !== undefined) group.dead++;
    }
    await settleReplay(event, fact.kind === 'processed' ? 'replays_processed' : 'replays_failed');
  }

  async function settleReplay(event: EventRow, outcome: 'replays_processed' | 'replays_failed'): Promise<void> {
    if (event.replay_of === null) return;
    await load([event.replay_of]);
    const group = groups.get(event.replay_of);
    if (group !== undefined) group[outcome]++;
    event.replay_of = null;
  }

  for (const groupId of await keepMembers(to, members)) {
    const group = groups.get(groupId);
    if (group !== undefined) group.events++;
  }
  await keepGroups(to, [...groups.values()]);
  await keepEvents(to, [...events.values()]);
}

/** What was resolved in a version is not back while versions of before still run. */
const isReturn = (
  { handlerVersion, versionsBefore }: NonNullable<GroupRow['resolution']>,
  seen: string | null,
): boolean => handlerVersion === null || seen === null || seen === handlerVersion || !versionsBefore.includes(seen);

const earlier = (one: string, other: string) => (one < other ? one : other);
const later = (one: string, other: string) => (one > other ? one : other);

async function positionOf({ transaction, named }: SlotTransaction): Promise<bigint> {
  const { rows } = await sql<{ position: string }>`select position from ${named('failure_groups_progress')}`.execute(
    transaction,
  );
  return rows[0] === undefined ? -1n : BigInt(rows[0].position);
}

async function moveTo({ transaction, named }: SlotTransaction, position: bigint): Promise<void> {
  await sql`
    insert into ${named('failure_groups_progress')} as progress (position) values (${position.toString()})
    on conflict (is_only) do update set position = greatest(progress.position, excluded.position)`.execute(transaction);
}
