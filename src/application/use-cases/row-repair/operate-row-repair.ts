import { rowRepairAggregate } from '../../../domain/row-repair/aggregate.ts';
import type { RowRepairCommand } from '../../../domain/row-repair/commands.ts';
import type { RowRepairRejection } from '../../../domain/row-repair/rejections.ts';
import type { RowRepairState } from '../../../domain/row-repair/state.ts';
import type { CommandContext } from '../../command-context.ts';
import { type CommandDependencies, type CommandResult, handleCommand } from '../../handle-command.ts';
import { timestamp } from '../../ports/clock.ts';

type Without<Field extends string, Command> = Command extends unknown ? Omit<Command, Field> : never;

export interface AskedOfRowRepair {
  readonly eventId: string;
  readonly command: Without<'now', RowRepairCommand>;
  readonly context: CommandContext;
}

/** @throws as {@link handleCommand}. */
export function operateRowRepair(
  dependencies: CommandDependencies,
  { eventId, command, context }: AskedOfRowRepair,
): Promise<CommandResult<RowRepairState, RowRepairRejection>> {
  const now = timestamp(dependencies.clock.now());
  return handleCommand(rowRepairAggregate, dependencies, { id: eventId, command: { ...command, now }, context });
}
