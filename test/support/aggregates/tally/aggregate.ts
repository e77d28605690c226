import { z } from 'zod';
import type { Aggregate, Decision } from '../../../../src/domain/aggregate.ts';

type TallyCommand =
  | { readonly kind: 'OpenTally'; readonly title: string; readonly unit: string }
  | { readonly kind: 'CountUnits'; readonly count: number }
  | { readonly kind: 'CloseTally' };

const schemas = {
  TallyOpened: z.object({ title: z.string(), unit: z.string() }),
  UnitsCounted: z.object({ count: z.number().int().positive() }),
  TallyClosed: z.object({}),
} as const;
type Schemas = typeof schemas;
export type TallyTransition = {
  [Type in keyof Schemas]: { readonly type: Type; readonly data: z.infer<Schemas[Type]> };
}[keyof Schemas];

interface TallyState {
  readonly title: string;
  readonly unit: string;
  readonly total: number;
  readonly isClosed: boolean;
}

type TallyRejection =
  | { readonly code: 'tally-not-found' }
  | { readonly code: 'tally-is-there' }
  | { readonly code: 'tally-closed'; readonly total: number };

type TallyDecision = Decision<TallyTransition, TallyRejection>;
const accept = (transition: TallyTransition): TallyDecision => ({ ok: true, transitions: [transition] });
const reject = (rejection: TallyRejection): TallyDecision => ({ ok: false, rejection });

/** An example: units that are counted until the tally is closed. */
export const tally: Aggregate<TallyState, TallyCommand, TallyTransition, TallyRejection> = {
  name: 'tally',
  streamPrefix: 'tally-',
  schemas,
  // Tallies counted pieces before they had a unit.
  upcasters: { TallyOpened: [(data) => ({ ...(data as object), unit: 'piece' })] },
  acts: ['TallyClosed'],
  decide(state, command) {
    if (command.kind === 'OpenTally') {
      const { title, unit } = command;
      return state === null
        ? accept({ type: 'TallyOpened', data: { title, unit } })
        : reject({ code: 'tally-is-there' });
    }
    if (state === null) return reject({ code: 'tally-not-found' });
    if (command.kind === 'CloseTally')
      return state.isClosed ? { ok: true, transitions: [] } : accept({ type: 'TallyClosed', data: {} });
    if (state.isClosed) return reject({ code: 'tally-closed', total: state.total });
    return accept({ type: 'UnitsCounted', data: { count: command.count } });
  },
  evolve(state, { type, data }) {
    if (type === 'TallyOpened') return { ...data, total: 0, isClosed: false };
    if (state === null) throw new Error(`${type} cannot follow nothing`);
    return type === 'UnitsCounted' ? { ...state, total: state.total + data.count } : { ...state, isClosed: true };
  },
};

/** As the version before wrote it. */
export const tallyBeforeUnits = {
  ...tally,
  schemas: { ...schemas, TallyOpened: z.object({ title: z.string() }) },
  upcasters: {},
};
