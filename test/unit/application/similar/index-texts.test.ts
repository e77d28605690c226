import { describe, expect, it } from 'vitest';
import { EmbeddingFailed, type EmbeddingProvider } from '../../../../src/application/ports/embedding-provider.ts';
import type { IndexedText, TextIndex } from '../../../../src/application/ports/text-index.ts';
import { createTextIndexer } from '../../../../src/application/similar/index-texts.ts';
import { manualClock } from '../../../support/api/manual-clock.ts';
import { silentLogger } from '../../../support/worker/silent-logger.ts';

/** The port as a map: what was embedded by which model. */
function indexOf(texts: readonly string[]) {
  const kept = new Map<string, string>();
  const rows = texts.map((text, at): IndexedText & { readonly position: bigint } => ({
    id: text,
    text,
    position: BigInt(at),
  }));
  const index: TextIndex = {
    prepare: async () => {},
    limitation: async () => 'the database has no pgvector',
    async missingAfter(position, most) {
      const found = rows.filter((row) => row.position > position && !kept.has(row.id)).slice(0, most);
      return { texts: found, upTo: found.at(-1)?.position ?? BigInt(rows.length) };
    },
    add: async (added) => added.forEach(({ id }) => kept.set(id, '')),
    withoutVector: async (model, most) =>
      rows.filter(({ id }) => kept.has(id) && kept.get(id) !== model).slice(0, most),
    keepVectors: async (model, embedded) => embedded.forEach(({ id }) => kept.set(id, model)),
  };
  return { index, kept, rows };
}

const providerOf = (
  model: string,
  more: Partial<EmbeddingProvider> = {},
): EmbeddingProvider & { asked: string[][] } => {
  const asked: string[][] = [];
  return {
    ...{ model, leastSimilarity: 0.5, asked },
    async embed(texts) {
      asked.push([...texts]);
      return texts.map(() => [1, 0]);
    },
    ...more,
  };
};

const indexerOf = (index: TextIndex, embeddings: EmbeddingProvider, limits = {}) => {
  const random = { uuid: () => '', fraction: () => 0 };
  return createTextIndexer({ index, embeddings, clock: manualClock(), random, logger: silentLogger, limits });
};

describe('the index of texts', () => {
  it('embeds each text once, several at a time', async () => {
    const { index, kept } = indexOf(['a', 'b', 'c']);
    const embeddings = providerOf('one');
    const indexer = indexerOf(index, embeddings, { texts: 2, vectors: 2 });
    await indexer.indexAll();
    await indexer.indexAll();
    expect(embeddings.asked).toEqual([['a', 'b'], ['c']]);
    expect([...kept]).toEqual([
      ['a', 'one'],
      ['b', 'one'],
      ['c', 'one'],
    ]);
  });

  it('embeds all again after a change of the model', async () => {
    const { index, kept } = indexOf(['a', 'b']);
    await indexerOf(index, providerOf('one')).indexAll();
    const another = providerOf('two');
    await indexerOf(index, another).indexAll();
    expect(another.asked).toEqual([['a', 'b']]);
    expect(new Set(kept.values())).toEqual(new Set(['two']));
  });

  it('finds in time what a rebuild put under a position that it had passed, and what was lost', async () => {
    const { index, kept, rows } = indexOf(['a', 'b', 'c']);
    const indexer = indexerOf(index, providerOf('one'), { looksUntilAll: 2 });
    await indexer.indexAll();
    rows.push({ id: 'rebuilt', text: 'rebuilt', position: 1n });
    kept.delete('a');
    await indexer.indexAll();
    await indexer.indexAll();
    expect([...kept.keys()]).toEqual(expect.arrayContaining(['a', 'rebuilt']));
  });

  it('does not wait for an index that is being created once it is to stop', async () => {
    const { index } = indexOf([]);
    const prepare = (signal: AbortSignal) =>
      new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    const indexer = indexerOf({ ...index, prepare }, providerOf('one'));
    await indexer.start();
    await indexer.stop();
    expect(indexer.unhealthyReason()).toBeNull();
  });

  it('has texts by their words where a model gives no vectors', async () => {
    const { index, kept } = indexOf(['a']);
    const failing = providerOf('one', { embed: () => Promise.reject(new EmbeddingFailed('it answers 503')) });
    await expect(indexerOf(index, failing).indexAll()).rejects.toThrow('it answers 503');
    expect([...kept]).toEqual([['a', '']]);
  });
});
