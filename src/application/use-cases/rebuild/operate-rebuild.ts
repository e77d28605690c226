import { rebuildAggregate } from '../../../domain/rebuild/aggregate.ts';
import type { RebuildCommand } from '../../../domain/rebuild/commands.ts';
import type { RebuildRejection } from '../../../domain/rebuild/rejections.ts';
import type { RebuildState } from '../../../domain/rebuild/state.ts';
import type { CommandContext } from '../../command-context.ts';
import { type CommandDependencies, type CommandResult, handleCommand } from '../../handle-command.ts';
import { timestamp } from '../../ports/clock.ts';

type Without<Field extends string, Command> = Command extends unknown ? Omit<Command, Field> : never;

export interface AskedOfRebuild {
  /** The read model's name. */
  readonly projection: string;
  readonly command: Without<'now', RebuildCommand>;
  readonly context: CommandContext;
}

/** Whether a step may be taken is decided in the log, so that of two operators, or two processes, one is refused. @throws as {@link handleCommand}. */
export function operateRebuild(
  dependencies: CommandDependencies,
  { projection, command, context }: AskedOfRebuild,
): Promise<CommandResult<RebuildState, RebuildRejection>> {
  const now = timestamp(dependencies.clock.now());
  return handleCommand(rebuildAggregate, dependencies, {
    id: projection,
    command: { ...command, now },
    context,
  });
}
