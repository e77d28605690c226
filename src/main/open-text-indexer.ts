import type { BackgroundService } from '../application/ports/background-service.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { EmbeddingProvider } from '../application/ports/embedding-provider.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Random } from '../application/ports/random.ts';
import { createTextIndexer, TEXT_INDEXER } from '../application/similar/index-texts.ts';
import { whileLeased } from '../application/while-leased.ts';
import { createTextIndex } from '../projections/similar/text-index.ts';
import { opened, type Parts } from './parts.ts';

interface Given {
  readonly parts: Pick<Parts, 'leases' | 'readTables'>;
  readonly embeddings: EmbeddingProvider;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  readonly processName: string;
}

/** Makes failures findable by what they say. */
export function openTextIndexer({ parts, embeddings, clock, logger, random, processName }: Given): BackgroundService {
  const { leases, readTables } = parts;
  const { db, forLong } = opened(readTables);
  const begin = () => createTextIndexer({ index: createTextIndex(db, forLong), embeddings, clock, random, logger });
  const service =
    leases === null ? begin() : whileLeased({ leases, name: TEXT_INDEXER, owner: processName, begin, clock, logger });
  return { ...service, isDispensable: true, noticeAbout: 'comparing' };
}
