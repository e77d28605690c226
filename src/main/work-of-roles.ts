import type { Metrics } from '../adapters/telemetry/metrics/metrics.ts';
import { followTypePauses } from '../application/event-types/follow-type-pauses.ts';
import type { BackgroundService } from '../application/ports/background-service.ts';
import type { MonotonicClock } from '../application/ports/clock.ts';
import type { LogPosition } from '../application/ports/event-log.ts';
import type { Lease } from '../application/ports/leases.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Random } from '../application/ports/random.ts';
import type { Subscriber } from '../application/run-subscription.ts';
import { type RebuildWatch, watchRebuilds } from '../application/use-cases/rebuild/watch-rebuilds.ts';
import type { UseCases } from '../application/use-cases.ts';
import { whileLeased } from '../application/while-leased.ts';
import type { Role } from '../cli/program.ts';
import { dueWork } from '../projections/due-work/read-model.ts';
import { events } from '../projections/events/read-model.ts';
import { readModels as allReadModels, versionsByName } from '../projections/index.ts';
import { projectionNameOf } from '../projections/projection-states.ts';
import { createProjector } from '../projections/projector.ts';
import type { ReadModel } from '../projections/read-model.ts';
import type { CatchUp } from '../projections/rebuild/fill.ts';
import type { FollowedCopy } from '../projections/rebuild/followed-copy.ts';
import type { Following } from '../projections/rebuild/followers.ts';
import { repairRows } from '../projections/repair-rows.ts';
import { beginWithoutCheckpoint } from '../worker/begin-without-checkpoint.ts';
import { deadlineLimits } from '../worker/deadlines.ts';
import { createDispatcher } from '../worker/dispatcher.ts';
import type { HandlerRunner } from '../worker/handler-runner.ts';
import { type ConfiguredHandler, createMatchHandler } from '../worker/handlers/match-handler.ts';
import { createInProcessRunner } from '../worker/in-process-runner.ts';
import { createPlanRunner } from '../worker/replay-plans/plan-runner.ts';
import { createDueWorkSweep } from '../worker/sweep/due-work-sweep.ts';
import { sweepLimits } from '../worker/sweep/limits.ts';
import { createWorker } from '../worker/worker.ts';
import type { FillingInThread } from './filling/fill-in-thread.ts';
import { followLog } from './follow-log.ts';
import type { LimitsOfServices } from './limits-of-services.ts';
import { opened, type Parts } from './parts.ts';
import { createRebuilderOf } from './rebuilding.ts';
import { type WorkOnRows, withWorkOnRows } from './with-work-on-rows.ts';

interface Given {
  readonly roles: readonly Role[];
  readonly parts: Pick<Parts, 'log' | 'stores' | 'bus' | 'leases' | 'isOnlyProcess'>;
  readonly handlers: readonly ConfiguredHandler[];
  readonly useCases: UseCases;
  readonly metrics: Pick<Metrics, 'counted'> & Partial<Pick<Metrics, 'passedOver'>>;
  readonly shutdownTimeoutMs: number;
  readonly logger: Logger;
  readonly clock: MonotonicClock;
  readonly random: Random;
  /** Names this process for as long as it lives, in leases and claims: unique for each start. */
  readonly processName: string;
  /** Where handlers run; in this process by default. Asked by a worker alone, and closed with it. */
  readonly startRunner?: (limits: LimitsOfServices) => HandlerRunner;
  readonly limits?: LimitsOfServices;
  /** Up to this position projections pass over whatever cannot be projected; few transitions alone by default. */
  readonly passOverUpTo?: number | null;
  /** Instead of THE LIST. */
  readonly readModels?: readonly ReadModel[];
  /** How a copy of a read model of THE LIST is filled; in this thread by default. */
  readonly createFill?: (filling: FillingInThread) => CatchUp;
  /** Holds the rows of events against their histories; not done by default. @param position up to where they contain the log. */
  readonly auditRows?: (position: () => LogPosition | null) => WorkOnRows;
}

/** What the roles run beside requests, in the order of starting. */
export async function createServices(given: Given): Promise<readonly BackgroundService[]> {
  const { roles, parts, handlers, useCases, metrics, shutdownTimeoutMs, logger, clock, random, processName } = given;
  const place = { clock, logger };
  const inThisProcess = ({ deadlines }: LimitsOfServices) =>
    createInProcessRunner({ ...place, deadlineLimits: { ...deadlineLimits, ...deadlines } });
  const { limits = {}, startRunner = inThisProcess, readModels = allReadModels, passOverUpTo = null } = given;
  const { log } = parts;
  const { createFill } = given;

  /** One active owner among all processes, where there may be several. */
  const leased = async (
    name: string,
    begin: (lease: Lease | null) => Promise<BackgroundService> | BackgroundService,
  ): Promise<BackgroundService> =>
    parts.leases === null
      ? begin(null)
      : whileLeased({ leases: parts.leases, name, owner: processName, begin, limits: limits.leased, ...place });

  const repairOf = ({ readModel, slot }: FollowedCopy, lease: Lease | null): WorkOnRows => {
    const passedOver = opened(parts.stores).passedOver(readModel, slot);
    let listed = 0;
    const onCount = (transitions: number) => {
      listed = transitions;
      if (slot === null) metrics.passedOver?.(projectionNameOf(readModel), transitions);
    };
    const dependencies = { passedOver, log, lease, onCount, limits: limits.repair, ...place };
    return {
      run: (signal: AbortSignal) => repairRows(readModel, dependencies, signal),
      notice: () =>
        listed === 0 ? null : `transitions that could not be projected: ${listed}; see the table projection_failures`,
    };
  };

  const acceptedUpTo = passOverUpTo === null ? null : BigInt(passOverUpTo);

  /** The rows of events that are read, in the version that this one makes. */
  const isEvents = ({ readModel, slot }: FollowedCopy) => readModel === events && slot === null;
  let positionOfEvents = (): LogPosition | null => null;

  const projectorOf = (copy: FollowedCopy, lease: Lease | null) => {
    const { readModel, slot } = copy;
    const projector = createProjector(readModel, {
      store: opened(parts.stores).projection(readModel, slot),
      ...{ log, slot, lease, batching: limits.projecting, ...place },
      passOverUpTo: acceptedUpTo,
    });
    if (isEvents(copy)) positionOfEvents = () => projector.progress().position;
    return projector;
  };

  /** All versions of one read model, the oldest first. */
  const projection = async (versions: readonly [ReadModel, ...ReadModel[]], watch: RebuildWatch | null) => {
    const [readModel] = versions;
    const caughtUp = Promise.withResolvers<void>();
    const follow = (subscriber: Subscriber, copies: readonly FollowedCopy[], lease: Lease | null): Following => {
      const following = followLog(log, metrics.counted(subscriber), {
        ...place,
        streamPrefixes: copies.flatMap(({ readModel: { streamPrefixes } }) => streamPrefixes),
        limits: limits.following,
      });
      void following.caughtUp.then(caughtUp.resolve);
      const audit = copies.some(isEvents) ? given.auditRows?.(() => positionOfEvents()) : undefined;
      const work = [...copies.map((copy) => repairOf(copy, lease)), ...(audit === undefined ? [] : [audit])];
      return { ...withWorkOnRows(following, work), caughtUp: following.caughtUp };
    };
    const service = await leased(projectionNameOf(readModel), (lease) => {
      const { rebuilds } = opened(parts.stores);
      const live = { readModel, slot: null };
      if (rebuilds === null || watch === null) return follow(projectorOf(live, lease), [live], lease);
      return createRebuilderOf({
        ...{ versions, rebuilds, watch, log, lease, processName, useCases, ...place },
        projector: (copy) => projectorOf(copy, lease),
        ...(createFill && {
          createFill: (filling) =>
            createFill({
              ...filling,
              log,
              lease,
              passOverUpTo: acceptedUpTo,
              connections: rebuilds.connections,
              logger,
            }),
        }),
        follow: (subscriber, copies) => follow(subscriber, copies, lease),
        limits: limits.rebuilding,
      });
    });
    return { service, caughtUp: caughtUp.promise };
  };

  const worker = `worker-${processName}`;
  const matchHandler = createMatchHandler(handlers);
  const processing = { log, useCases, matchHandler, random, worker, ...place };
  const services: BackgroundService[] = [];
  const pauses = followTypePauses({ log, ...place });
  if (roles.includes('worker') || roles.includes('dispatcher')) services.push(pauses);
  // The sweep waits for no other read model: a slow one must not delay retries.
  const dueWorkCaughtUp = Promise.withResolvers<void>();
  if (roles.includes('projector')) {
    const watch = opened(parts.stores).rebuilds === null ? null : watchRebuilds({ log, ...place });
    if (watch !== null) services.push(watch);
    for (const versions of versionsByName(readModels)) {
      const one = await projection(versions, watch);
      services.push(one.service);
      if (versions[0].name === dueWork.name) void one.caughtUp.then(dueWorkCaughtUp.resolve);
    }
  }
  if (roles.includes('worker'))
    services.push(
      createWorker({
        ...{ ...processing, pauses },
        bus: opened(parts.bus),
        runner: startRunner(limits),
        stopTimeoutMs: shutdownTimeoutMs,
        limits: limits.worker,
      }),
    );
  if (roles.includes('dispatcher')) {
    const stores = opened(parts.stores);
    const bus = opened(parts.bus);
    const unfinished = { ...sweepLimits, ...limits.sweep, log, dueWork: stores.dueWork, ...place };
    const dueWorkCheckpoint = () => stores.projection(dueWork).load();
    services.push(
      await leased('dispatcher', (lease) =>
        createDispatcher({
          log,
          bus,
          checkpoints: stores.checkpoints(lease),
          firstPlace: (signal) => beginWithoutCheckpoint({ ...unfinished, dueWorkCheckpoint }, signal),
          ...place,
          limits: limits.dispatcher,
          observed: (subscriber) => metrics.counted(subscriber),
        }),
      ),
      await leased('due-work-sweep', () =>
        createDueWorkSweep({
          ...{ ...processing, pauses, dueWorkCheckpoint },
          poison: limits.poison,
          bus,
          dueWork: stores.dueWork,
          earlierWorkersAreGone: parts.isOnlyProcess,
          projectionCaughtUp: dueWorkCaughtUp.promise,
          limits: limits.sweep,
        }),
      ),
      await leased('plan-runner', () =>
        createPlanRunner({
          ...{ log, bus, useCases, process: processName, ...place },
          rows: stores.planRows,
          permissionOf: (type) => matchHandler(type)?.replay ?? 'safe',
          limits: limits.plans,
        }),
      ),
    );
  }
  return services;
}
