import type { BackgroundService } from '../application/ports/background-service.ts';
import type { CommandConsumer, CommandDelivery } from '../application/ports/command-bus.ts';
import { type CompanyLimits, companyLimits, createCompanies } from './companies.ts';
import { type ConcurrencyLimits, concurrencyLimits, createConcurrencyLimit } from './concurrency-limit.ts';
import { createFailurePolicy, type HoldBackLimits } from './failure-policy.ts';
import { type AttemptLimits, createProcessEvent, type ProcessEventDependencies } from './process-event.ts';
import { createWaitUntilDue, type EarlyLimits } from './wait-until-due.ts';

/** For the log to record that what was in progress was stopped. */
export const stoppingLimits = { recordWithinMs: 2_000 } as const;
export type StoppingLimits = { readonly [Limit in keyof typeof stoppingLimits]: number };

export type WorkerLimits = ConcurrencyLimits &
  AttemptLimits &
  HoldBackLimits &
  CompanyLimits &
  EarlyLimits &
  StoppingLimits;

export interface WorkerOptions
  extends Omit<ProcessEventDependencies, 'letGo' | 'concurrency' | 'companies' | 'limits'> {
  readonly bus: CommandConsumer;
  /** How long `stop` lets what is in progress finish. Then handlers are aborted, and their attempts are not counted. */
  readonly stopTimeoutMs: number;
  /** Overrides of the defaults. */
  readonly limits?: Partial<WorkerLimits> | undefined;
}

/** Takes commands from the bus and sees each through to a recorded outcome. */
export function createWorker({ bus, stopTimeoutMs, ...rest }: WorkerOptions): BackgroundService {
  const { clock, runner } = rest;
  const limits = { ...concurrencyLimits, ...rest.limits };
  const { recordWithinMs } = { ...stoppingLimits, ...rest.limits };
  const letGo = new AbortController();
  const stopping = new AbortController();
  const waitUntilDue = createWaitUntilDue(clock, stopping.signal, rest.limits);
  const policy = createFailurePolicy({ ...rest, letGo: letGo.signal });
  const concurrency = createConcurrencyLimit(limits, letGo.signal);
  const companies = createCompanies(runner.isolates, letGo.signal, { ...companyLimits, ...rest.limits });
  const processEvent = createProcessEvent({ ...rest, companies, concurrency, letGo: letGo.signal });
  let inHand = 0;
  let emptied: (() => void) | null = null;
  let consumption: { stop(): Promise<void> } | null = null;

  /** A command that is early waits beside those that are begun, so that it keeps none of them waiting. */
  const seeThrough = async (delivery: CommandDelivery, dueAt: string | undefined): Promise<void> => {
    if (!((await waitUntilDue(dueAt)) && (await concurrency.begin()))) return delivery.release();
    const early = await policy.settle(delivery, processEvent);
    concurrency.end();
    if (early !== null) await seeThrough(delivery, early.dueAt);
  };

  const work = async (delivery: CommandDelivery) => {
    inHand++;
    await seeThrough(delivery, delivery.command.dueAt);
    inHand--;
    if (inHand === 0) emptied?.();
  };

  const finishWithin = async (timeoutMs: number) => {
    if (inHand === 0) return;
    const finished = new AbortController();
    emptied = () => finished.abort();
    await clock.sleep(timeoutMs, finished.signal);
  };

  const stop = async () => {
    await consumption?.stop();
    stopping.abort();
    await finishWithin(stopTimeoutMs);
    letGo.abort();
    runner.abandon();
    await finishWithin(recordWithinMs);
    await runner.close();
  };
  let stopped: Promise<void> | null = null;

  return {
    name: 'worker',
    async start() {
      consumption = await bus.consume({ prefetch: limits.eventsInHand, onCommand: (delivery) => void work(delivery) });
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
    unhealthyReason: () => policy.unhealthyReason() ?? runner.unhealthyReason(),
  };
}
