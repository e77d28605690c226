import type {
  CompleteProcessing,
  DiscardEvent,
  ExpireLease,
  FailProcessing,
  InterruptProcessing,
  ReceiveEvent,
  ReplayEvent,
  StartProcessing,
} from '../domain/event/commands.ts';
import { type CommandContext, type CommandDependencies, handleCommand } from './handle-command.ts';
import type { LoadedEvent } from './load-event.ts';
import { receiveEvent } from './receive-event.ts';

type Without<Command> = Omit<Command, 'kind'>;

/** THE LIST: everything the system can be asked to do to an event. Failures as {@link handleCommand}. */
export const createUseCases = (dependencies: CommandDependencies) => ({
  /** A client posts an event. The event's id follows from the client and its idempotency key. */
  receiveEvent: (event: ReceiveEvent['event'], context: CommandContext) => receiveEvent(dependencies, event, context),

  /** A worker claims the next attempt: of several, exactly one succeeds. */
  startProcessing: (eventId: string, start: Without<StartProcessing>, context: CommandContext, known?: LoadedEvent) =>
    handleCommand(dependencies, eventId, { kind: 'StartProcessing', ...start }, context, known),

  /** The handler succeeded. */
  completeProcessing: (
    eventId: string,
    done: Without<CompleteProcessing>,
    context: CommandContext,
    known: LoadedEvent,
  ) => handleCommand(dependencies, eventId, { kind: 'CompleteProcessing', ...done }, context, known),

  /** The handler failed: a retry is scheduled, or the event becomes a dead letter. */
  failProcessing: (eventId: string, failed: Without<FailProcessing>, context: CommandContext, known: LoadedEvent) =>
    handleCommand(dependencies, eventId, { kind: 'FailProcessing', ...failed }, context, known),

  /** A worker has not recorded an outcome within its lease. */
  expireLease: (eventId: string, expired: Without<ExpireLease>, context: CommandContext, known?: LoadedEvent) =>
    handleCommand(dependencies, eventId, { kind: 'ExpireLease', ...expired }, context, known),

  /** The attempt was ended by something else than its handler: it does not count. */
  interruptProcessing: (
    eventId: string,
    interrupted: Without<InterruptProcessing>,
    context: CommandContext,
    known: LoadedEvent,
  ) => handleCommand(dependencies, eventId, { kind: 'InterruptProcessing', ...interrupted }, context, known),

  /** An operator asks for the next generation. */
  replayEvent: (eventId: string, replay: Without<ReplayEvent>, context: CommandContext) =>
    handleCommand(dependencies, eventId, { kind: 'ReplayEvent', ...replay }, context),

  /** An operator gives a dead letter up. */
  discardEvent: (eventId: string, discard: Without<DiscardEvent>, context: CommandContext) =>
    handleCommand(dependencies, eventId, { kind: 'DiscardEvent', ...discard }, context),
});

export type UseCases = ReturnType<typeof createUseCases>;
