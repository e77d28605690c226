import type { CommandDependencies } from '../../handle-command.ts';
import { type ActAnswer, type AskedAct, actOnce } from './act-once.ts';

/** Gives a dead letter up. @throws as {@link actOnce}. */
export const discardEvent = (dependencies: CommandDependencies, asked: AskedAct): Promise<ActAnswer> =>
  actOnce(dependencies, 'discard', asked, () => {
    const { reason, requestedBy } = asked;
    return { kind: 'DiscardEvent', reason, requestedBy };
  });
