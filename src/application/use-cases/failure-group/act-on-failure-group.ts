import { failureGroupAggregate } from '../../../domain/failure-group/aggregate.ts';
import type { FailureGroupCommand } from '../../../domain/failure-group/commands.ts';
import type { FailureGroupRejection } from '../../../domain/failure-group/rejections.ts';
import { type FailureGroupState, mergedInto } from '../../../domain/failure-group/state.ts';
import type { CommandContext } from '../../command-context.ts';
import type { GroupOf } from '../../failure-groups/identity.ts';
import { type CommandDependencies, type CommandResult, handleCommand } from '../../handle-command.ts';
import { load } from '../../load.ts';
import { timestamp } from '../../ports/clock.ts';

type Without<Command, Name extends PropertyKey> = Command extends unknown ? Omit<Command, Name> : never;
/** What an operator does to a group; what follows from the log is added here. */
export type FailureGroupAct = Without<
  Exclude<FailureGroupCommand, { kind: 'ExplainFailure' }>,
  'of' | 'beyond' | 'id' | 'now'
>;

export interface AskedOfFailureGroup {
  readonly id: string;
  readonly of: GroupOf;
  readonly act: FailureGroupAct;
  readonly context: CommandContext;
}

/** More merges one after the other than an operator would make by hand. */
const MOST_MERGES = 100;

/** Does what an operator asks of a failure group. @throws as {@link handleCommand}. */
export async function actOnFailureGroup(
  dependencies: CommandDependencies,
  { id, of, act, context }: AskedOfFailureGroup,
): Promise<CommandResult<FailureGroupState, FailureGroupRejection>> {
  const command = await commandOf(dependencies, id, of, act);
  return handleCommand(failureGroupAggregate, dependencies, { id, command, context });
}

async function commandOf(
  dependencies: CommandDependencies,
  id: string,
  of: GroupOf,
  act: FailureGroupAct,
): Promise<FailureGroupCommand> {
  switch (act.kind) {
    case 'MergeFailureGroup':
      return { ...act, of, id, beyond: await beyond(dependencies, act.into) };
    case 'RequestExplanation':
      return { ...act, of, now: timestamp(dependencies.clock.now()) };
    default:
      return { ...act, of };
  }
}

/** What a group is merged into, and that into, and so on. */
async function beyond({ log }: Pick<CommandDependencies, 'log'>, id: string): Promise<readonly string[]> {
  const passed: string[] = [];
  for (let next: string | null = id; next !== null && passed.length < MOST_MERGES; ) {
    next = mergedInto((await load(failureGroupAggregate, log, next)).state);
    if (next === null || passed.includes(next)) break;
    passed.push(next);
  }
  return passed;
}
