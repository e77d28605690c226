import type { Decision } from '../aggregate.ts';
import type { RowRepairCommand } from './commands.ts';
import type { RowRepairRejection } from './rejections.ts';
import type { RowRepairState } from './state.ts';
import type { RowRepairTransition } from './transitions.ts';

/** What follows from a command in a state. Pure and total: every refusal is a value. Any number of repairs may be under way: each does the same. */
export function decide(
  state: RowRepairState | null,
  command: RowRepairCommand,
): Decision<RowRepairTransition, RowRepairRejection> {
  const { id, now } = command;
  if (command.kind === 'RequestRowRepair') {
    const { reason, requestedBy } = command;
    const data = { id, reason, requestedAt: now, requestedBy };
    return { ok: true, transitions: [{ type: 'RowRepairRequested', data }] };
  }
  if (state === null || !state.open.includes(id)) return { ok: false, rejection: { code: 'row-repair-not-found' } };
  const { revision, tables } = command;
  const data = { id, repairedAt: now, revision, tables: [...tables] };
  return { ok: true, transitions: [{ type: 'RowRepaired', data }] };
}
