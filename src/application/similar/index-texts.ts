import { createBackoff } from '../backoff.ts';
import type { BackgroundService } from '../ports/background-service.ts';
import type { Clock } from '../ports/clock.ts';
import type { EmbeddingProvider } from '../ports/embedding-provider.ts';
import type { Logger } from '../ports/logger.ts';
import type { Random } from '../ports/random.ts';
import type { TextIndex } from '../ports/text-index.ts';
import { within } from '../within.ts';
import { termList } from './terms.ts';

export const TEXT_INDEXER = 'similar-failures';

export const indexingLimits = {
  /** How long what is new may be missing. Looking costs one read of an index. */
  lookEveryMs: 1_000,
  /** So often all texts are looked at and not what is new alone: a rebuild puts others under positions of before. */
  looksUntilAll: 600,
  texts: 200,
  /** So many together are one request of a model. */
  vectors: 32,
  embeddingMs: 30_000,
  firstRetryMs: 1_000,
  longestRetryMs: 60_000,
} as const;

interface Dependencies {
  readonly index: TextIndex;
  readonly embeddings: EmbeddingProvider;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits?: Partial<{ readonly [Name in keyof typeof indexingLimits]: number }>;
}

export interface TextIndexer extends BackgroundService {
  notice(): string | null;
  /** All that is there now, for tests and measurements. Not while it runs by itself. */
  indexAll(): Promise<void>;
}

/**
 * Makes texts of failures findable: first by their words, then by vectors. Behind the rows, so that neither processing nor projecting waits
 * for it. A change of model makes all vectors again, while the words go on being searched.
 */
export function createTextIndexer({ index, embeddings, clock, random, logger, limits }: Dependencies): TextIndexer {
  const {
    lookEveryMs,
    looksUntilAll,
    texts: mostTexts,
    vectors: mostVectors,
    ...waits
  } = { ...indexingLimits, ...limits };
  const stopping = new AbortController();
  const { signal } = stopping;
  let position = -1n;
  let looks = 0;
  let unhealthyReason: string | null = null;
  let limitation: string | null = null;
  let running: Promise<void> | null = null;

  async function addNew(): Promise<boolean> {
    const { texts, upTo } = await index.missingAfter(position, mostTexts);
    await index.add(texts.map(({ id, text }) => ({ id, text, terms: termList(text) })));
    position = upTo;
    return texts.length === mostTexts;
  }

  async function embedSome(): Promise<boolean> {
    const found = await index.withoutVector(embeddings.model, mostVectors);
    if (found.length === 0) return false;
    const asked = embeddings.embed(
      found.map(({ text }) => text),
      signal,
    );
    const vectors = await within(clock, waits.embeddingMs, asked, signal);
    const made = found.map((text, at) => ({ ...text, terms: termList(text.text), vector: vectors[at] ?? [] }));
    await index.keepVectors(embeddings.model, made, signal);
    return true;
  }

  async function indexAll(): Promise<void> {
    if (looks++ % looksUntilAll === 0) position = -1n;
    while (!signal.aborted && (await addNew()));
    while (!signal.aborted && (await embedSome()));
  }

  async function run(): Promise<void> {
    const backoff = createBackoff({ firstMs: waits.firstRetryMs, longestMs: waits.longestRetryMs }, random);
    let isPrepared = false;
    while (!signal.aborted) {
      try {
        if (!isPrepared) await index.prepare(signal);
        limitation = isPrepared ? limitation : await index.limitation();
        isPrepared = true;
        await indexAll();
        unhealthyReason = null;
        backoff.reset();
        await clock.sleep(lookEveryMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        const reason = `failures are compared without some of their vectors: ${(error as Error).message}`;
        if (reason !== unhealthyReason) logger.warn({ err: error }, reason);
        unhealthyReason = reason;
        await clock.sleep(backoff.next(), signal);
      }
    }
  }

  return {
    name: TEXT_INDEXER,
    isDispensable: true,
    noticeAbout: 'comparing',
    async start() {
      running = run();
    },
    async stop() {
      stopping.abort(new Error('The index of texts is stopping'));
      await running;
    },
    unhealthyReason: () => unhealthyReason,
    notice: () => limitation,
    indexAll,
  };
}
