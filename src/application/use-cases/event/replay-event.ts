import type { ReplayPermission } from '../../../domain/event/commands.ts';
import type { CommandDependencies } from '../../handle-command.ts';
import { type ActAnswer, type AskedAct, actOnce } from './act-once.ts';

export interface AskedReplay extends AskedAct {
  /** What the handler of an event type allows. */
  readonly permissionOf: (type: string) => ReplayPermission;
}

/** Begins the event's next generation. @throws as {@link actOnce}. */
export const replayEvent = (dependencies: CommandDependencies, asked: AskedReplay): Promise<ActAnswer> =>
  actOnce(dependencies, 'replay', asked, ({ type }) => {
    const { reason, requestedBy, permissionOf } = asked;
    return { kind: 'ReplayEvent', permission: permissionOf(type), reason, requestedBy };
  });
