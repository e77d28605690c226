import type { Logger } from '../../application/ports/logger.ts';
import type { Config } from '../../config/config.ts';
import type { HandlerRunner } from '../../worker/handler-runner.ts';
import { CannotStart } from '../cannot-start.ts';
import type { Parts } from '../parts.ts';
import { crashPoints, isCrashPoint } from './crash-points.ts';
import { partsWithPoints, runnerWithPoints } from './parts-with-points.ts';
import { crashAt } from './reach.ts';

interface ActsOutside {
  readonly parts: Parts;
  readonly runner: HandlerRunner | null;
}

/**
 * What a process acts through, made to kill the process where the setting says; without the setting, as it is.
 * @throws {CannotStart} there is no such point.
 */
export function crashingAsAsked({ crashAt: asked }: Pick<Config, 'crashAt'>) {
  if (asked === null) return (given: ActsOutside): ActsOutside => given;
  const { point, times } = asked;
  if (!isCrashPoint(point))
    throw new CannotStart(`EVENTOPS_CRASH_AT: no such point; there are ${crashPoints.join(', ')}`, {
      isWrongUse: true,
    });
  return ({ parts, runner }: ActsOutside, logger: Logger): ActsOutside => {
    logger.warn({ point, times }, 'EVENTOPS_CRASH_AT is set: this process will kill itself there');
    const reach = crashAt(point, times);
    return { parts: partsWithPoints(parts, reach), runner: runner && runnerWithPoints(runner, reach) };
  };
}
