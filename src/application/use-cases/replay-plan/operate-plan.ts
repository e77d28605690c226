import { replayPlanAggregate } from '../../../domain/replay-plan/aggregate.ts';
import type { ReplayPlanCommand } from '../../../domain/replay-plan/commands.ts';
import type { ReplayPlanRejection } from '../../../domain/replay-plan/rejections.ts';
import type { ReplayPlanState } from '../../../domain/replay-plan/state.ts';
import type { CommandContext } from '../../command-context.ts';
import { type CommandDependencies, type CommandResult, handleCommand } from '../../handle-command.ts';
import type { Loaded } from '../../load.ts';
import { timestamp } from '../../ports/clock.ts';

type Without<Field extends string, Command> = Command extends unknown ? Omit<Command, Field> : never;

export interface AskedOfPlan {
  readonly id: string;
  readonly command: Without<'now', Exclude<ReplayPlanCommand, { kind: 'RequestPlan' | 'AddMembers' | 'RecordFrozen' }>>;
  readonly context: CommandContext;
  /** What the caller knows of the plan already. */
  readonly known?: Loaded<ReplayPlanState>;
}

/** Whether a step may be taken is decided in the log, so that of two operators, or two processes, one is refused. @throws as {@link handleCommand}. */
export function operatePlan(
  dependencies: CommandDependencies,
  { id, command, context, known }: AskedOfPlan,
): Promise<CommandResult<ReplayPlanState, ReplayPlanRejection>> {
  const now = timestamp(dependencies.clock.now());
  return handleCommand(replayPlanAggregate, dependencies, { id, command: { ...command, now }, context, known });
}
