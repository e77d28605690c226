import { commandLimits } from '../../../src/application/handle-command.ts';
import { subscriptionLimits } from '../../../src/application/run-subscription.ts';
import { leasedLimits } from '../../../src/application/while-leased.ts';
import { followingLimits } from '../../../src/main/follow-log.ts';
import { usualPace } from '../../../src/projections/projector.ts';
import { holdBackLimits } from '../../../src/worker/failure-policy.ts';
import { paceLimits } from '../../../src/worker/pace.ts';
import { attemptLimits } from '../../../src/worker/process-event.ts';
import type { Scenario, ScenarioLimit } from './scenario.ts';

/** Every cap, page, batch, pause and timeout of the code that runs in the simulation, as it is in production. */
export const usualLimits = {
  commands: commandLimits,
  following: { ...subscriptionLimits, ...followingLimits },
  leased: leasedLimits,
  projecting: usualPace,
  worker: { ...paceLimits, ...attemptLimits, ...holdBackLimits },
  /** Of the simulated log: transitions that it hands over at once, at most. */
  log: { maxBatch: 1_000 },
  /** Of the bus within a process. */
  bus: { maxWaiting: 4_096, maxWaitingCharacters: 16 * 1024 * 1024 },
} as const;
export type LimitedModule = keyof typeof usualLimits;

const isTime = (limit: string) => limit.endsWith('Ms');

/** What a scenario may change: caps and pages and batches apart from what takes time. */
export const changeableLimits = (Object.keys(usualLimits) as LimitedModule[]).flatMap((of) =>
  Object.keys(usualLimits[of]).map((limit) => ({ of, limit, isTime: isTime(limit) })),
);

/** The limits of one module that the scenario changes. */
export const changedLimits = <Module extends LimitedModule>(
  { limits }: Pick<Scenario, 'limits'>,
  module: Module,
): Partial<Record<keyof (typeof usualLimits)[Module], number>> =>
  Object.fromEntries(limits.filter(({ of }) => of === module).map(({ limit, value }) => [limit, value])) as Partial<
    Record<keyof (typeof usualLimits)[Module], number>
  >;

/** The limits of one module as they are in the scenario. */
export const limitsOf = <Module extends LimitedModule>(scenario: Pick<Scenario, 'limits'>, module: Module) =>
  ({ ...usualLimits[module], ...changedLimits(scenario, module) }) as Readonly<
    Record<keyof (typeof usualLimits)[Module], number>
  >;

/** Without them an outcome or an answer may be missed that would have come: then the times that are promised are longer. */
const decisive: readonly ScenarioLimit['limit'][] = [
  ...['leaseMarginMs', 'maxRetries', 'lastRetryAfterMs', 'repeatedDecisions'],
];
export const areProvident = (limits: readonly ScenarioLimit[]) =>
  limits.every(({ limit }) => !decisive.includes(limit));
