import { eventAggregate } from '../domain/event/aggregate.ts';
import type {
  CompleteProcessing,
  EventCommand,
  ExpireLease,
  FailProcessing,
  InterruptProcessing,
  StartProcessing,
} from '../domain/event/commands.ts';
import type { CommandContext } from './command-context.ts';
import type { KnownEvent } from './event-history.ts';
import { type CommandDependencies, handleCommand } from './handle-command.ts';
import { type AskedApiKey, createApiKey } from './use-cases/api-key/create-api-key.ts';
import { type AskedRevocation, revokeApiKey } from './use-cases/api-key/revoke-api-key.ts';
import type { AskedAct } from './use-cases/event/act-once.ts';
import { type AskedCorrection, correctEvent } from './use-cases/event/correct-event.ts';
import { discardEvent } from './use-cases/event/discard-event.ts';
import { receiveEvent, type SentByClient } from './use-cases/event/receive-event.ts';
import { type AskedReplay, replayEvent } from './use-cases/event/replay-event.ts';
import { type AskedOfEventType, operateEventType } from './use-cases/event-type/operate-event-type.ts';
import { type AskedOfFailureGroup, actOnFailureGroup } from './use-cases/failure-group/act-on-failure-group.ts';
import { type AskedOfRebuild, operateRebuild } from './use-cases/rebuild/operate-rebuild.ts';
import { type AskedOfMember, actOnMember } from './use-cases/replay-plan/act-on-member.ts';
import { type AskedOfPlan, operatePlan } from './use-cases/replay-plan/operate-plan.ts';
import { type AskedPlan, requestPlan } from './use-cases/replay-plan/request-plan.ts';
import { type AskedOfRowRepair, operateRowRepair } from './use-cases/row-repair/operate-row-repair.ts';

type Without<Command> = Omit<Command, 'kind'>;

/** THE LIST: everything the system can be asked to do. Failures as {@link handleCommand}. */
export const createUseCases = (dependencies: CommandDependencies) => {
  const toEvent = (id: string, command: EventCommand, context: CommandContext, known?: KnownEvent) =>
    handleCommand(eventAggregate, dependencies, { id, command, context, known, session: known?.session });
  return {
    /** A client posts an event. The event's id follows from the client and its idempotency key. */
    receiveEvent: (sent: SentByClient, context: CommandContext) => receiveEvent(dependencies, sent, context),

    /** A worker claims the next attempt: of several, exactly one succeeds. */
    startProcessing: (id: string, start: Without<StartProcessing>, context: CommandContext, known?: KnownEvent) =>
      toEvent(id, { kind: 'StartProcessing', ...start }, context, known),

    /** The handler succeeded. */
    completeProcessing: (id: string, done: Without<CompleteProcessing>, context: CommandContext, known: KnownEvent) =>
      toEvent(id, { kind: 'CompleteProcessing', ...done }, context, known),

    /** The handler failed: a retry is scheduled, or the event becomes a dead letter. */
    failProcessing: (id: string, failed: Without<FailProcessing>, context: CommandContext, known: KnownEvent) =>
      toEvent(id, { kind: 'FailProcessing', ...failed }, context, known),

    /** A worker has not recorded an outcome within its lease. */
    expireLease: (id: string, expired: Without<ExpireLease>, context: CommandContext, known?: KnownEvent) =>
      toEvent(id, { kind: 'ExpireLease', ...expired }, context, known),

    /** The attempt was ended by something else than its handler: it does not count. */
    interruptProcessing: (
      id: string,
      interrupted: Without<InterruptProcessing>,
      context: CommandContext,
      known: KnownEvent,
    ) => toEvent(id, { kind: 'InterruptProcessing', ...interrupted }, context, known),

    /** An operator asks for the next generation. */
    replayEvent: (asked: AskedReplay) => replayEvent(dependencies, asked),

    /** An operator gives a dead letter up. */
    discardEvent: (asked: AskedAct) => discardEvent(dependencies, asked),

    /** A new event takes the place of a dead letter. */
    correctEvent: (asked: AskedCorrection) => correctEvent(dependencies, asked),

    /** An admin lets a machine in. */
    createApiKey: (asked: AskedApiKey) => createApiKey(dependencies, asked),

    /** An operator resolves, merges or splits a failure group, takes one of these back, or asks for an explanation. */
    actOnFailureGroup: (asked: AskedOfFailureGroup) => actOnFailureGroup(dependencies, asked),

    /** An admin ends a key. */
    revokeApiKey: (asked: AskedRevocation) => revokeApiKey(dependencies, asked),

    /** An operator asks for a rebuild or decides about it, or a process records what it has done for one. */
    operateRebuild: (asked: AskedOfRebuild) => operateRebuild(dependencies, asked),

    /** An admin freezes a set of dead letters, to replay or discard all of it later. */
    requestReplayPlan: (asked: AskedPlan) => requestPlan(dependencies, asked),

    /** An admin starts, pauses, resumes or aborts a plan, or a process records its outcome. */
    operateReplayPlan: (asked: AskedOfPlan) => operatePlan(dependencies, asked),

    /** An operator asks for a repair of an event's rows, or a process records what it came to. */
    operateRowRepair: (asked: AskedOfRowRepair) => operateRowRepair(dependencies, asked),

    /** An operator pauses a type of events, or lets it go on. */
    operateEventType: (asked: AskedOfEventType) => operateEventType(dependencies, asked),

    /** A process does to one event what its plan is for. */
    actOnPlanMember: (asked: AskedOfMember) => actOnMember(dependencies, asked),
  };
};

export type UseCases = ReturnType<typeof createUseCases>;
