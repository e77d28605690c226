import type { CallBudget } from '../../application/ports/call-budget.ts';
import type { CheckpointStore } from '../../application/ports/checkpoint-store.ts';
import type { CommandBus, CommandDelivery } from '../../application/ports/command-bus.ts';
import type { DueWork } from '../../application/ports/due-work.ts';
import type { EventLog } from '../../application/ports/event-log.ts';
import type { Leases } from '../../application/ports/leases.ts';
import type { LlmClient } from '../../application/ports/llm-client.ts';
import type { ProjectionStore } from '../../projections/projection-store.ts';
import type { Copies } from '../../projections/rebuild/copies.ts';
import type { LentConnections } from '../../projections/rebuild/lend-connections.ts';
import type { HandlerRunner } from '../../worker/handler-runner.ts';

type MethodOf<Port> = {
  [Name in keyof Port]: Port[Name] extends (...given: never) => unknown ? Name : never;
}[keyof Port];
export type Methods<Port> = Pick<Port, MethodOf<Port>>;

/** What each method of a port is called in crash points; `null`: nothing is left to be lost by then. */
export type ActionsOf<Port> = { readonly [Method in MethodOf<Port>]: string | null };

/**
 * THE LIST: all that a process does outside itself once its parts are open. A method of a port that is not named here
 * does not compile. `append` has a name of its own for each type of transition.
 */
export const portActions = {
  log: {
    append: 'append',
    appendMany: 'append',
    readStream: 'read-stream',
    // Its only effect is an answer.
    readPages: null,
    subscribeAll: 'follow-log',
    head: 'read-head',
    verifyCheckpoint: 'verify-checkpoint',
    session: null,
    close: null,
  },
  bus: { publish: 'publish', backlog: 'read-backlog', consume: 'consume', close: null },
  delivery: { acknowledge: 'acknowledge', release: 'release' },
  projection: {
    load: 'load-projection',
    commit: 'project',
    isCaughtUp: 'read-caught-up',
    markBehind: 'mark-behind',
    markCaughtUp: 'mark-caught-up',
  },
  checkpoints: { load: 'load-checkpoint', save: 'save-checkpoint' },
  dueWork: {
    isCaughtUp: 'read-caught-up',
    take: 'take-due-work',
    putOff: 'put-due-work-off',
    park: 'park-due-work',
    hasten: 'hasten-due-work',
    readAgain: 'read-due-work-again',
  },
  leases: { acquire: 'take-lease', renew: 'renew-lease', release: 'release-lease' },
  copies: {
    find: null,
    adopt: null,
    create: 'create-copy',
    index: 'index-copy',
    comparedTable: null,
    compare: 'compare-copies',
    exchange: 'exchange-copies',
    drop: 'drop-copy',
  },
  // Each statement of a thread that fills a copy, the ends of its transactions included.
  lentConnections: { borrow: null, query: 'fill-copy', giveBack: null, takeBack: null },
  callBudget: { take: 'take-call' },
  model: { explain: 'ask-model' },
  runner: { run: 'run-handler', abandon: null, unhealthyReason: null, close: null },
} as const satisfies {
  readonly log: ActionsOf<EventLog>;
  readonly bus: ActionsOf<CommandBus>;
  readonly delivery: ActionsOf<CommandDelivery>;
  readonly projection: ActionsOf<ProjectionStore>;
  readonly checkpoints: ActionsOf<CheckpointStore>;
  readonly dueWork: ActionsOf<DueWork>;
  readonly leases: ActionsOf<Leases>;
  readonly copies: ActionsOf<Copies>;
  readonly lentConnections: ActionsOf<LentConnections>;
  readonly callBudget: ActionsOf<CallBudget>;
  readonly model: ActionsOf<LlmClient>;
  readonly runner: ActionsOf<HandlerRunner>;
};
