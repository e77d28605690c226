import fc from 'fast-check';
import { deriveUuid } from '../../../src/application/event-identity.ts';
import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { Transition } from '../../../src/domain/event/transitions.ts';
import { carryOut, order } from '../domain/arbitrary.ts';
import { moment } from '../domain/transitions.ts';
import { logOf } from '../read-database/following.ts';
import { sealedHistory } from '../sealed-history.ts';

/** An event that lived so, its transitions recorded at these seconds after noon. */
export interface Life {
  readonly type: string;
  readonly history: readonly Transition[];
  readonly seconds: (revision: number) => number;
}

function recordedLife({ type, history, seconds }: Life, index: number): readonly RecordedTransition[] {
  const ofType = history.map((transition) =>
    transition.type === 'EventReceived' ? { ...transition, data: { ...transition.data, type } } : transition,
  );
  return sealedHistory(ofType, deriveUuid(`event-${index}`), (revision) => ({ recordedAt: moment(seconds(revision)) }));
}

/** A log of these lives, which go on in turns. */
export function logOfLives(lives: readonly Life[]): readonly RecordedTransition[] {
  const all = lives.map(recordedLife);
  const longest = Math.max(0, ...all.map(({ length }) => length));
  return logOf(Array.from({ length: longest }, (_, nth) => all.flatMap((life) => life[nth] ?? [])).flat());
}

/** Where the beginnings of streams are read. */
export const readPagesOf = (log: readonly RecordedTransition[]) => ({
  readPages: async function* (stream: string) {
    yield log.filter((recorded) => recorded.stream === stream);
  },
});

export const life: fc.Arbitrary<Life> = fc
  .record({
    type: fc.constantFrom('order.placed', 'order.paid', 'order.shipped', 'invoice.sent'),
    orders: fc.array(order, { maxLength: 12 }),
    /** Clocks are off, also by days, and go back. */
    at: fc.array(fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: -200_000, max: 200_000 })), {
      minLength: 1,
      maxLength: 8,
    }),
  })
  .map(({ type, orders, at }) => ({
    type,
    history: carryOut(orders).history,
    seconds: (revision) => at[revision % at.length] ?? 0,
  }));
