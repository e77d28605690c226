import type { RowRepairTransition } from './transitions.ts';

/** Repairs of one event's rows. */
export interface RowRepairState {
  /** Those that were requested and have no outcome: under way, or given up by a process that has ended. */
  readonly open: readonly string[];
}

/** @throws when the transition cannot follow: only a damaged or foreign history does that. */
export function evolve(state: RowRepairState | null, { type, data }: RowRepairTransition): RowRepairState {
  const open = state?.open ?? [];
  if (type === 'RowRepairRequested') return { open: [...open, data.id] };
  if (!open.includes(data.id)) throw new Error(`${type} is of a repair that is not under way: ${data.id}`);
  return { open: open.filter((id) => id !== data.id) };
}
