import { type TransitionType, transitionSchemas } from '../../domain/event/transitions.ts';
import { portActions } from './port-actions.ts';

type Values<Of> = Of[keyof Of];
type Named = Exclude<Values<{ [Port in keyof typeof portActions]: Values<(typeof portActions)[Port]> }>, null>;
export type Action = Exclude<Named, 'append'> | `append-${TransitionType}`;

/** `before`: nothing is done yet. `after`: it is done, and no code in the process has the result. */
export type CrashPoint = `${Action}.${'before' | 'after'}`;

const types = Object.keys(transitionSchemas) as TransitionType[];
const named: readonly (Named | null)[] = Object.values(portActions).flatMap((ofPort) => Object.values(ofPort));
const actions = new Set(
  named.flatMap((name): readonly Action[] => {
    if (name === null) return [];
    return name === 'append' ? types.map((type) => `append-${type}` as const) : [name];
  }),
);

export const crashPoints: readonly CrashPoint[] = [...actions].flatMap(
  (action) => [`${action}.before`, `${action}.after`] as const,
);

export const isCrashPoint = (name: string): name is CrashPoint => (crashPoints as readonly string[]).includes(name);
