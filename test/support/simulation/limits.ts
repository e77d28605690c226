import { reopeningLimits } from '../../../src/adapters/postgres/embedded-reopening.ts';
import { commandLimits } from '../../../src/application/handle-command.ts';
import { subscriptionLimits } from '../../../src/application/run-subscription.ts';
import { leasedLimits } from '../../../src/application/while-leased.ts';
import { poisonLimits } from '../../../src/domain/event/suspicion.ts';
import { followingLimits } from '../../../src/main/follow-log.ts';
import { LOST_COMMAND_AFTER_MS } from '../../../src/projections/due-work/project.ts';
import { LEASE_MS } from '../../../src/projections/leases.ts';
import { defaultBatching } from '../../../src/projections/read-model.ts';
import { repairLimits } from '../../../src/projections/repair-rows.ts';
import { companyLimits } from '../../../src/worker/companies.ts';
import { concurrencyLimits } from '../../../src/worker/concurrency-limit.ts';
import { deadlineLimits } from '../../../src/worker/deadlines.ts';
import { dispatcherLimits } from '../../../src/worker/dispatcher.ts';
import { holdBackLimits } from '../../../src/worker/failure-policy.ts';
import { isolationLimits } from '../../../src/worker/isolation/isolation-limits.ts';
import { attemptLimits } from '../../../src/worker/process-event.ts';
import { sweepLimits } from '../../../src/worker/sweep/limits.ts';
import { earlyLimits } from '../../../src/worker/wait-until-due.ts';
import { stoppingLimits } from '../../../src/worker/worker.ts';
import type { Scenario, ScenarioLimit } from './scenario.ts';

/** Every cap, page, batch, pause and timeout of the code that runs in the simulation, as it is in production. */
export const usualLimits = {
  commands: commandLimits,
  deadlines: deadlineLimits,
  dispatcher: { ...dispatcherLimits, ...subscriptionLimits },
  isolation: isolationLimits,
  following: { ...subscriptionLimits, ...followingLimits },
  leased: leasedLimits,
  /** Not its window: an event that is poison within a moment never is. */
  poison: { maxCrashes: poisonLimits.maxCrashes },
  projecting: defaultBatching,
  /** Of the embedded read database. */
  reopening: reopeningLimits,
  repair: repairLimits,
  sweep: sweepLimits,
  worker: {
    ...concurrencyLimits,
    ...attemptLimits,
    ...holdBackLimits,
    ...companyLimits,
    ...earlyLimits,
    ...stoppingLimits,
  },
  /** Of the simulated log: transitions that it hands over at once, at most. */
  log: { maxBatch: 1_000 },
  /** Of the read database. */
  tables: { leaseMs: LEASE_MS, lostCommandAfterMs: LOST_COMMAND_AFTER_MS },
  /** Of the bus within a process. */
  bus: { maxWaiting: 4_096, maxWaitingCharacters: 16 * 1024 * 1024 },
} as const;
export type LimitedModule = keyof typeof usualLimits;

const isTime = (limit: string) => limit.endsWith('Ms');

/** What a pause or timeout is counted in where it is short: a millisecond, unless that would say nothing. */
const unitsMs: Readonly<Record<string, number>> = {
  // As a database that is asked every millisecond for as long as everything rests.
  'repair intervalMs': 100,
  'repair initialDelayMs': 100,
  'repair maxDelayMs': 500,
  'sweep hastenAgainAfterMs': 10,
  'sweep lookIfCaughtUpEveryMs': 10,
  // An owner needs time to do anything at all.
  'tables leaseMs': 500,
  'tables lostCommandAfterMs': 100,
  'worker recordWithinMs': 10,
};

/** What a scenario may change: caps and pages and batches apart from what takes time. */
export const changeableLimits = (Object.keys(usualLimits) as LimitedModule[]).flatMap((of) =>
  Object.keys(usualLimits[of]).map((limit) => ({
    of,
    limit,
    isTime: isTime(limit),
    unit: unitsMs[`${of} ${limit}`] ?? 1,
  })),
);

export type ChangeableLimit = (typeof changeableLimits)[number];

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
  ...['leaseMarginMs', 'longestWaitMs', 'maxRetries', 'lastRetryAfterMs', 'repeatedDecisions'],
];
export const areProvident = (limits: readonly ScenarioLimit[]) =>
  limits.every(({ limit }) => !decisive.includes(limit));
