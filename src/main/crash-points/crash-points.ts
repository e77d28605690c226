import { aggregates } from '../../application/aggregates.ts';
import type { AnyAggregate, TransitionOf } from '../../domain/aggregate.ts';
import { portActions } from './port-actions.ts';

type Values<Of> = Of[keyof Of];
type Named = Exclude<Values<{ [Port in keyof typeof portActions]: Values<(typeof portActions)[Port]> }>, null>;
export type Action = Exclude<Named, 'append'> | `append-${TransitionOf<(typeof aggregates)[number]>['type']}`;

/** `before`: nothing is done yet. `after`: it is done, and no code in the process has the result. */
export type CrashPoint = `${Action}.${'before' | 'after'}`;

const named: readonly (Named | null)[] = Object.values(portActions).flatMap((ofPort) => Object.values(ofPort));

/** All that there are where these aggregates have histories. */
export function crashPointsOf(known: readonly AnyAggregate[]): readonly string[] {
  const types = known.flatMap(({ schemas }) => Object.keys(schemas));
  const actions = named.flatMap((name) => {
    if (name === null) return [];
    return name === 'append' ? types.map((type) => `append-${type}`) : [name];
  });
  return [...new Set(actions)].flatMap((action) => [`${action}.before`, `${action}.after`]);
}

export const crashPoints = crashPointsOf(aggregates) as readonly CrashPoint[];

export const isCrashPoint = (name: string): name is CrashPoint => (crashPoints as readonly string[]).includes(name);
