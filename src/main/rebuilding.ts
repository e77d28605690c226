import type { BackgroundService } from '../application/ports/background-service.ts';
import type { MonotonicClock } from '../application/ports/clock.ts';
import type { EventReader } from '../application/ports/event-log.ts';
import type { Lease } from '../application/ports/leases.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { RebuildWatch } from '../application/use-cases/rebuild/watch-rebuilds.ts';
import type { UseCases } from '../application/use-cases.ts';
import type { Projector } from '../projections/projector.ts';
import type { ReadModel } from '../projections/read-model.ts';
import { type CatchingUp, type CatchUp, createCatchUp, type FillLimits } from '../projections/rebuild/fill.ts';
import type { FollowedCopy } from '../projections/rebuild/followed-copy.ts';
import { createFollowers, type FollowersDependencies } from '../projections/rebuild/followers.ts';
import { createProgressKeeper, type ProgressLimits } from '../projections/rebuild/progress-keeper.ts';
import { createRebuilder, type RebuilderLimits } from '../projections/rebuild/rebuilder.ts';
import type { StepLimits } from '../projections/rebuild/steps.ts';
import type { Stores } from '../projections/stores.ts';

export type RebuildingLimits = Partial<FillLimits & ProgressLimits & RebuilderLimits & StepLimits>;

/** What came while a copy was filled and indexed is written in this thread, where requests wait for each batch. */
const catchUpLimits: Partial<FillLimits> = { batch: 500, page: 500 };

interface Given {
  /** Of one read model, the oldest first. */
  readonly versions: readonly [ReadModel, ...ReadModel[]];
  readonly rebuilds: NonNullable<Stores['rebuilds']>;
  readonly watch: RebuildWatch;
  readonly log: Pick<EventReader, 'subscribeAll' | 'readStream' | 'head'>;
  readonly projector: (copy: FollowedCopy) => Projector;
  /** How a copy is filled; in this thread by default. */
  readonly createFill?: (filling: Pick<CatchingUp, 'limits' | 'onWritten'>) => CatchUp;
  readonly follow: FollowersDependencies['follow'];
  readonly useCases: Pick<UseCases, 'operateRebuild'>;
  readonly lease: Lease | null;
  readonly processName: string;
  readonly clock: MonotonicClock;
  readonly logger: Logger;
  readonly limits?: RebuildingLimits | undefined;
}

/** Follows the log for one read model, and rebuilds it when operators ask for it. */
export function createRebuilderOf(given: Given): BackgroundService {
  const { versions, rebuilds, watch, log, projector, follow, useCases, lease, processName, clock, logger, limits } =
    given;
  const [{ name: projection }] = versions;
  const progress = createProgressKeeper({
    ...{ log, clock, limits },
    report: (reported) => rebuilds.report(projection, reported),
    onStuck: (waitsFor) => logger.warn({ projection, reason: waitsFor }, 'a rebuild makes no progress'),
  });
  const inThisThread = (other?: Partial<FillLimits>) =>
    createCatchUp({ log, projector, limits: { ...other, ...limits }, onWritten: progress.written });
  const fillCopy = given.createFill?.({ limits, onWritten: progress.written }) ?? inThisThread();
  const catchUp = inThisThread(catchUpLimits);
  return createRebuilder({
    ...{ projection, versions, watch, log, fillCopy, progress, lease, clock, logger, limits },
    copies: rebuilds.copies(projection),
    followers: createFollowers({ catchUp, projector, follow }),
    operate: useCases.operateRebuild,
    process: processName,
  });
}
