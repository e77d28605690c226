import { keepPayloadIndexes, PAYLOAD_INDEXER } from '../application/keep-payload-indexes.ts';
import type { BackgroundService } from '../application/ports/background-service.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Random } from '../application/ports/random.ts';
import { whileLeased } from '../application/while-leased.ts';
import { createPayloadIndexes } from '../projections/events/payload-indexes.ts';
import { opened, type Parts } from './parts.ts';

interface Given {
  readonly parts: Pick<Parts, 'leases' | 'readTables'>;
  readonly fields: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  readonly processName: string;
}

/** Makes events findable by fields of their payloads. */
export function openPayloadIndexer({ parts, fields, clock, logger, random, processName }: Given): BackgroundService {
  const { leases, readTables } = parts;
  const { db, forLong } = opened(readTables);
  const begin = () => keepPayloadIndexes({ indexes: createPayloadIndexes(db, forLong), fields, clock, random, logger });
  const service =
    leases === null
      ? begin()
      : whileLeased({ leases, name: PAYLOAD_INDEXER, owner: processName, begin, clock, logger });
  return { ...service, isDispensable: true };
}
