import { sql } from 'kysely';
import type { FailureGroupTransition } from '../../domain/failure-group/transitions.ts';
import type { SlotTransaction } from '../read-model.ts';
import { storable } from '../storable.ts';
import type { Fact } from './fact.ts';
import { type GroupRow, keepGroups, loadGroups, newGroupRow } from './rows.ts';
import type { Resolution } from './table.ts';

type OfGroup = Extract<Fact, { kind: 'of-group' }>;
type Act = Exclude<FailureGroupTransition, { type: 'FailureGroupOpened' | 'FailureExplained' }>;

/** What is recorded about a group itself. */
export async function applyToGroup(to: SlotTransaction, { groupId, at, transition }: OfGroup): Promise<void> {
  if (transition.type === 'FailureExplained') return;
  const [row] = await loadGroups(to, [groupId]);
  if (transition.type === 'FailureGroupOpened') {
    if (row === undefined) await keepGroups(to, [newGroupRow({ id: groupId, of: transition.data }, at)]);
    return;
  }
  if (row === undefined) return;
  await keepAct(to, groupId, at, transition);
  switch (transition.type) {
    case 'FailureGroupResolved': {
      const { act, handlerVersion, note, requestedBy: by } = transition.data;
      const version = handlerVersion && storable(handlerVersion);
      const versionsBefore = await versionsOf(to, groupId);
      const resolution: Resolution = {
        act,
        at,
        by: storable(by),
        note: storable(note),
        handlerVersion: version,
        versionsBefore,
      };
      return keepGroups(to, [{ ...row, resolution, returned_at: null }]);
    }
    case 'FailureGroupMerged':
      return merge(to, row, transition.data.into);
    case 'FailureGroupSplit': {
      const { containing, splitOff: id } = transition.data;
      await keepGroups(to, [{ ...row, splits: [...row.splits, { containing: storable(containing), id }] }]);
      return stand(to, id);
    }
    case 'FailureGroupActUndone':
      return undo(to, row, transition.data.undone);
    case 'ExplanationRequested':
      return;
  }
}

async function keepAct({ transaction, named }: SlotTransaction, groupId: string, at: string, { type, data }: Act) {
  const reason = 'note' in data ? data.note : 'reason' in data ? data.reason : null;
  const other =
    'into' in data ? data.into : 'splitOff' in data ? data.splitOff : 'eventId' in data ? data.eventId : null;
  const containing = 'containing' in data ? storable(data.containing) : null;
  const undoes = 'undone' in data ? data.undone : null;
  await sql`
    insert into ${named('failure_group_acts')}
      (group_id, act, type, at, requested_by, reason, other_id, containing, undoes, is_undone)
    values (${groupId}, ${data.act}, ${type}, ${at}, ${storable(data.requestedBy)}, ${reason && storable(reason)}, ${other},
      ${containing}, ${undoes}, false)
    on conflict do nothing`.execute(transaction);
}

async function versionsOf({ transaction, named }: SlotTransaction, rootId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ version: string }>`
    select distinct version
    from ${named('failure_groups')} as groups, jsonb_array_elements_text(handler_versions) as version
    where root_id = ${rootId} order by version`.execute(transaction);
  return rows.map(({ version }) => version);
}

/** With all that is merged into it. A merge that would lead back has no effect: the other one came first. */
async function merge({ transaction, named }: SlotTransaction, { id }: GroupRow, into: string): Promise<void> {
  await sql`
    update ${named('failure_groups')} as moved
    set root_id = target.root_id, merged_into = case moved.id when ${id} then ${into} else moved.merged_into end
    from ${named('failure_groups')} as target
    where moved.root_id = ${id} and target.id = ${into} and target.root_id <> ${id}`.execute(transaction);
}

/** By itself again, with all that is merged into it. */
async function stand({ transaction, named }: SlotTransaction, id: string): Promise<void> {
  await sql`
    with recursive below as (
      select id from ${named('failure_groups')} where id = ${id}
      union
      select merged.id from ${named('failure_groups')} as merged join below on merged.merged_into = below.id
    )
    update ${named('failure_groups')} as moved
    set root_id = ${id}, merged_into = case moved.id when ${id} then null else moved.merged_into end
    from below where moved.id = below.id`.execute(transaction);
}

async function undo(to: SlotTransaction, row: GroupRow, undone: number): Promise<void> {
  const { transaction, named } = to;
  const { rows } = await sql<{ type: Act['type']; other_id: string | null }>`
    update ${named('failure_group_acts')} set is_undone = true where group_id = ${row.id} and act = ${undone}
    returning type, other_id`.execute(transaction);
  const [act] = rows;
  if (act?.type === 'FailureGroupResolved' && row.resolution?.act === undone)
    await keepGroups(to, [{ ...row, resolution: null, returned_at: null }]);
  if (act?.type === 'FailureGroupMerged') await stand(to, row.id);
  if (act?.type === 'FailureGroupSplit') {
    await keepGroups(to, [{ ...row, splits: row.splits.filter(({ id }) => id !== act.other_id) }]);
    const [splitOff] = act.other_id === null ? [] : await loadGroups(to, [act.other_id]);
    // What was counted for it meanwhile is shown where it would have been.
    if (splitOff !== undefined) await merge(to, splitOff, row.id);
  }
}
