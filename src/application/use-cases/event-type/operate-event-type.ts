import { eventTypeAggregate } from '../../../domain/event-type/aggregate.ts';
import type { EventTypeCommand } from '../../../domain/event-type/commands.ts';
import type { EventTypeRejection } from '../../../domain/event-type/rejections.ts';
import type { EventTypeState } from '../../../domain/event-type/state.ts';
import type { CommandContext } from '../../command-context.ts';
import { type CommandDependencies, type CommandResult, handleCommand } from '../../handle-command.ts';
import { timestamp } from '../../ports/clock.ts';

export interface AskedOfEventType {
  /** A type, or `order.*`, or `*`. */
  readonly name: string;
  readonly command: Omit<EventTypeCommand, 'now'>;
  readonly context: CommandContext;
}

/** Of two operators that pause a type at once, one is refused with the other's pause. @throws as {@link handleCommand}. */
export function operateEventType(
  dependencies: CommandDependencies,
  { name, command, context }: AskedOfEventType,
): Promise<CommandResult<EventTypeState, EventTypeRejection>> {
  const now = timestamp(dependencies.clock.now());
  return handleCommand(eventTypeAggregate, dependencies, { id: name, command: { ...command, now }, context });
}
