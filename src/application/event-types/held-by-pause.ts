import { eventTypeAggregate } from '../../domain/event-type/aggregate.ts';
import { load } from '../load.ts';
import type { EventReader } from '../ports/event-log.ts';
import type { TypePauses } from './type-pauses.ts';

/** Whether events of a type have to wait. @throws {LogUnavailable} {HistoryBroken} {UndecodableTransition} */
export type IsHeld = (type: string) => Promise<boolean>;

/**
 * What a process has heard says who may begin, without a look at the log; that one has to wait, the log itself says. So whoever is
 * held back came before the end of the pause in the log, and whoever lets all of them go on can know all of them.
 */
export const heldByPause =
  (log: Pick<EventReader, 'readStream'>, pauses: Pick<TypePauses, 'over'>): IsHeld =>
  async (type) => {
    for (const name of pauses.over(type)) {
      const { state } = await load(eventTypeAggregate, log, name);
      if (state !== null && state.pause !== null) return true;
    }
    return false;
  };

/** The same, asked about many: each name is looked up once. */
export const rememberingAnswers = (isHeld: IsHeld): IsHeld => {
  const answers = new Map<string, Promise<boolean>>();
  return (type) => {
    const known = answers.get(type) ?? isHeld(type);
    answers.set(type, known);
    return known;
  };
};
