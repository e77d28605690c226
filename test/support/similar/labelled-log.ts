import { randomUUID } from 'node:crypto';
import { deriveUuid, streamOf } from '../../../src/application/event-identity.ts';
import type { EventWriter } from '../../../src/application/ports/event-log.ts';
import { createTextIndexer } from '../../../src/application/similar/index-texts.ts';
import { localEmbeddings } from '../../../src/application/similar/local-embeddings.ts';
import type { WritableDatabase } from '../../../src/projections/database.ts';
import { createTextIndex } from '../../../src/projections/similar/text-index.ts';
import { manualClock } from '../api/manual-clock.ts';
import { deadLettered, failed, failure, received, started } from '../domain/transitions.ts';
import { sealedHistory } from '../sealed-history.ts';
import { silentLogger } from '../worker/silent-logger.ts';

/** `Class: message`. */
export function failureOf(text: string) {
  const end = text.indexOf(': ');
  return { ...failure, class: text.slice(0, end), message: text.slice(end + 2), stack: null };
}

/** An event that became a dead letter with this failure. */
export async function addDeadLetter(log: Pick<EventWriter, 'append'>, text: string, name = text): Promise<string> {
  const id = deriveUuid('labelled', name);
  const history = [received(), started(), failed({}, failureOf(text)), deadLettered()];
  await log.append({ stream: streamOf(id), expectedRevision: 'no-stream', transitions: sealedHistory(history, id) });
  return id;
}

/** All texts that there are in the rows are found from now on. */
export async function indexTexts(db: WritableDatabase, embeddings = localEmbeddings): Promise<void> {
  const index = createTextIndex(db);
  await index.prepare(new AbortController().signal);
  const random = { uuid: randomUUID, fraction: () => 0 };
  await createTextIndexer({ index, embeddings, clock: manualClock(), random, logger: silentLogger }).indexAll();
}
