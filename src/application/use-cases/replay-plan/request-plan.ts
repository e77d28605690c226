import { replayPlanAggregate } from '../../../domain/replay-plan/aggregate.ts';
import type { RequestPlan } from '../../../domain/replay-plan/commands.ts';
import type { ReplayPlanRejection } from '../../../domain/replay-plan/rejections.ts';
import type { ReplayPlanState } from '../../../domain/replay-plan/state.ts';
import type { PlanMember } from '../../../domain/replay-plan/transitions.ts';
import type { CommandContext } from '../../command-context.ts';
import { type CommandDependencies, type CommandResult, handleCommand } from '../../handle-command.ts';
import { noHistory } from '../../load.ts';
import { timestamp } from '../../ports/clock.ts';
import { setHashOf } from './set-hash.ts';

/** Members of one transition: some 100 KB, far below what one may have. */
export const MEMBERS_AT_ONCE = 1_000;

export interface AskedPlan {
  readonly plan: Omit<RequestPlan['plan'], 'setHash' | 'size' | 'sample'>;
  readonly members: readonly PlanMember[];
  readonly mostEvents: number;
  readonly requestedBy: string;
  readonly context: CommandContext;
}

const SAMPLE = 10;

/**
 * Freezes a set of events under a new id. Nothing is done to them. What a crash leaves half-way stays at the step `freezing`,
 * can never be started, and is aborted or left there. @throws as {@link handleCommand}.
 */
export async function requestPlan(
  dependencies: CommandDependencies,
  { plan, members, mostEvents, requestedBy, context }: AskedPlan,
): Promise<CommandResult<ReplayPlanState, ReplayPlanRejection>> {
  const { clock, random } = dependencies;
  const id = random.uuid();
  const now = () => timestamp(clock.now());
  const sample = members.slice(0, SAMPLE).map(({ eventId }) => eventId);
  const whole = { ...plan, sample, setHash: setHashOf(members), size: members.length };
  let result = await handleCommand(replayPlanAggregate, dependencies, {
    ...{ id, context, known: noHistory },
    command: { kind: 'RequestPlan', plan: whole, mostEvents, requestedBy, now: now() },
  });
  // Only what an operator asks for says from where.
  const { address: _, ...afterwards } = context;
  for (let first = 0; result.ok && first < members.length; first += MEMBERS_AT_ONCE) {
    const some = members.slice(first, first + MEMBERS_AT_ONCE);
    result = await handleCommand(replayPlanAggregate, dependencies, {
      ...{ id, context: afterwards, known: result.current },
      command: { kind: 'AddMembers', first, members: some, now: now() },
    });
  }
  if (!result.ok) return result;
  const command = { kind: 'RecordFrozen', now: now() } as const;
  return handleCommand(replayPlanAggregate, dependencies, {
    ...{ id, context: afterwards, command, known: result.current },
  });
}
