import type { ReadinessCheck } from '../api/dependencies.ts';
import type { CallBudget } from '../application/ports/call-budget.ts';
import type { CommandBus } from '../application/ports/command-bus.ts';
import type { EventLog } from '../application/ports/event-log.ts';
import type { Leases } from '../application/ports/leases.ts';
import type { LlmClient } from '../application/ports/llm-client.ts';
import type { Role } from '../cli/program.ts';
import type { WritableDatabase } from '../projections/database.ts';
import type { ReadModel } from '../projections/read-model.ts';
import type { ForLong } from '../projections/rebuild/copies.ts';
import type { Stores } from '../projections/stores.ts';

/** The parts that a setting moves out of the process. */
export type PartName = 'log' | 'read tables' | 'commands';

/** What each role stands on. A process opens what its roles need and nothing else. */
export const partsOfRole: Readonly<Record<Role, readonly PartName[]>> = {
  api: ['log', 'read tables'],
  projector: ['log', 'read tables'],
  dispatcher: ['log', 'read tables', 'commands'],
  worker: ['log', 'commands'],
  anchor: ['log', 'read tables'],
  explainer: ['log', 'read tables'],
};

export interface ReadTables {
  readonly db: WritableDatabase;
  /** For statements that take longer than `db` waits; missing where it gives none up. */
  readonly forLong?: ForLong | undefined;
  /** Why the database cannot be asked, in words; `null` when it can. */
  unhealthyReason(): string | null;
  /** That the log lacks what rows have seen, or that none of them are of this log; `null` as long as that is not so. */
  loss(): string | null;
  /** Why a query of this read model would give wrong answers, in words; `null` when it would not. */
  refusalOf(readModel: Pick<ReadModel, 'name'>): string | null;
}

/** What an operator of a broker acts on. */
export interface Broker {
  /** Whether it takes no publications currently. */
  isBlocked(): boolean;
  /** Commands that it returned since the start, because no queue took them. */
  returnedCommands(): number;
}

/** Whom an explainer asks, and how often it may. */
export interface Explaining {
  /** In the order in which they are asked; none where no setting names one. */
  readonly models: readonly LlmClient[];
  readonly callBudget: CallBudget;
}

/** One adapter for each port, opened; `null` where no role of this process needs it. */
export interface Parts {
  readonly log: EventLog;
  readonly readTables: ReadTables | null;
  /** The same tables, as the roles beside the API use them. */
  readonly stores: Stores | null;
  readonly bus: CommandBus | null;
  /** What the broker behind it says of itself; `null` where there is none. */
  readonly broker: Broker | null;
  /** Where several processes may share log and read tables; `null` where an exclusive data folder rules that out. */
  readonly leases: Leases | null;
  readonly explaining: Explaining | null;
  readonly readinessChecks: readonly ReadinessCheck[];
  /** No other process can be working on the same log: what an earlier one had in progress is free. */
  readonly isOnlyProcess: boolean;
  /** In reverse order of opening. */
  close(): Promise<void>;
}

/** A part that the roles of this process were said to need. */
export function opened<Part>(part: Part | null): Part {
  if (part === null) throw new Error('A role of this process needs a part that partsOfRole does not name');
  return part;
}
