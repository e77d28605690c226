import type { Metrics } from '../adapters/telemetry/metrics/metrics.ts';
import { createLogDivider } from '../application/log-segments/divide-log.ts';
import type { BackgroundService } from '../application/ports/background-service.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Logger } from '../application/ports/logger.ts';
import { followedPrefixes } from '../application/read-transitions.ts';
import { whileLeased } from '../application/while-leased.ts';
import { createLogSegments } from '../projections/log-segments.ts';
import { followLog } from './follow-log.ts';
import { opened, type Parts } from './parts.ts';

interface Given {
  readonly parts: Pick<Parts, 'log' | 'leases' | 'readTables'>;
  readonly metrics: Pick<Metrics, 'counted'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly processName: string;
}

/** Notes which times are where in the log. Without it, reading by time takes longer. */
export function openLogDivider({ parts, metrics, clock, logger, processName }: Given): BackgroundService {
  const { log, leases, readTables } = parts;
  const begin = () => {
    const divider = createLogDivider({ log, segments: createLogSegments(opened(readTables).db) });
    return followLog(log, metrics.counted(divider), { clock, logger, streamPrefixes: followedPrefixes });
  };
  const service =
    leases === null ? begin() : whileLeased({ leases, name: 'log-segments', owner: processName, begin, clock, logger });
  return { ...service, isDispensable: true };
}
