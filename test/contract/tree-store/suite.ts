import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/application/ports/event-log.ts';
import type { Tile, TreeState, TreeStore } from '../../../src/application/ports/tree-store.ts';

export interface TreeStoreUnderTest {
  readonly store: TreeStore;
  /** Of another log, in the same place. */
  readonly other: TreeStore;
  close(): Promise<void>;
}

const tile = (level: Tile['level'], index: number, width: number, byte = width): Tile => ({
  ...{ level, index, width },
  bytes: Buffer.alloc(8, byte),
});
const stateOf = (size: number): TreeState => ({
  size,
  rootHash: `root of ${size}`,
  logCheckpoint: `position ${size}` as Checkpoint,
  signed: null,
});

/** What the owner of the tree relies on, wherever its tiles are. */
export function treeStoreSuite(open: () => Promise<TreeStoreUnderTest>): void {
  let opened: TreeStoreUnderTest | null = null;
  const under = () => {
    if (opened === null) throw new Error('It is not open outside a test');
    return opened;
  };
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened?.close());

  describe('tiles', () => {
    it('are read as they were written, each by its name, and those of another log are not', async () => {
      const { store, other } = under();
      const tiles = [tile(0, 0, 5), tile(0, 1_234_067, 256), tile('entries', 0, 5), tile(1, 0, 1)];
      await store.write(tiles);
      await store.write([]);
      for (const each of tiles) expect(await store.read(each)).toEqual(each.bytes);
      expect(await store.read(tile(0, 0, 4))).toBeNull();
      expect(await other.read(tile(0, 0, 5))).toBeNull();
    });

    it('take the place of what had their names', async () => {
      const { store } = under();
      await store.write([tile(2, 0, 9, 1)]);
      await store.write([tile(2, 0, 9, 2)]);
      expect(await store.read(tile(2, 0, 9))).toEqual(Buffer.alloc(8, 2));
    });

    it('that are partial are deleted when they are full, and no other is', async () => {
      const { store } = under();
      const kept = [tile(3, 1, 256), tile(3, 10, 1), tile(3, 1_001, 1), tile('entries', 1, 1)];
      await store.write([tile(3, 1, 1), tile(3, 1, 255), ...kept]);
      await store.deletePartials([tile(3, 1, 256), tile(3, 99, 256)]);
      expect([await store.read(tile(3, 1, 1)), await store.read(tile(3, 1, 255))]).toEqual([null, null]);
      for (const each of kept) expect(await store.read(each)).toEqual(each.bytes);
    });
  });

  describe('the state', () => {
    it('is replaced by whoever read it last, and by no other', async () => {
      const { store, other } = under();
      expect(await store.state()).toBeNull();
      await store.commit(null, stateOf(1));
      await expect(store.commit(null, stateOf(9))).rejects.toMatchObject({ code: 'concurrency-conflict' });
      await store.commit(stateOf(1), stateOf(2));
      await expect(store.commit(stateOf(1), stateOf(9))).rejects.toMatchObject({ code: 'concurrency-conflict' });
      const signed = {
        checkpoint: { note: 'a\n1\n', origin: 'log.example', rootHash: 'r', size: 2 },
        ...{ revision: 0, headId: 'id', headHash: 'hash' },
      };
      await store.commit(stateOf(2), { ...stateOf(2), signed });
      expect(await store.state()).toEqual({ ...stateOf(2), signed });
      expect(await other.state()).toBeNull();
    });
  });
}
