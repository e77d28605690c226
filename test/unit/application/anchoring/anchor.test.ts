import { describe, expect, it } from 'vitest';
import { hashOf } from '../../../../src/application/envelope.ts';
import type { EventLog } from '../../../../src/application/ports/event-log.ts';
import type { TreeStore } from '../../../../src/application/ports/tree-store.ts';
import { treeRoot } from '../../../../src/application/transparency/make-proofs.ts';
import { policyOfKey } from '../../../../src/application/transparency/policies.ts';
import { tilePath } from '../../../../src/application/transparency/tile-names.ts';
import { newTiles, readingTiles } from '../../../../src/application/transparency/tiles.ts';
import { verifyCheckpoint } from '../../../../src/application/transparency/verify-checkpoint.ts';
import { createInMemoryLog } from '../../../support/in-memory-log.ts';
import {
  anchorOf,
  appendHistories,
  checkpointsIn,
  entriesOf,
  followAndSign,
} from '../../../support/transparency/anchored-log.ts';
import { plainRoot } from '../../../support/transparency/plain-tree.ts';
import { logKey } from '../../../support/transparency/test-keys.ts';
import { createTreeInMemory } from '../../../support/transparency/tree-in-memory.ts';

async function anchored(histories: number) {
  const log = createInMemoryLog();
  const store = createTreeInMemory();
  await appendHistories(log, 0, histories);
  await followAndSign(anchorOf(log, store), log);
  return { log, store, restart: () => followAndSign(anchorOf(log, store), log) };
}

const rootOf = (entries: readonly Buffer[]) => plainRoot(entries).toString('base64');

describe('an anchored log', () => {
  it('has a leaf for each transition, in its order, and a checkpoint over all of them', async () => {
    const { log, store } = await anchored(4);
    const entries = entriesOf(log.all);
    expect(entries).toHaveLength(6);
    expect(entries[1]?.toString()).toBe(
      `{"hash":"${log.all[1] && hashOf(log.all[1])}","index":1,"revision":1,"stream":"${log.all[1]?.stream}"}`,
    );
    const [checkpoint, ...more] = checkpointsIn(log.all);
    expect(more).toEqual([]);
    expect(checkpoint).toMatchObject({ size: 6, rootHash: rootOf(entries), origin: logKey.name });
    expect(verifyCheckpoint(checkpoint?.note ?? '', policyOfKey(logKey))).toMatchObject({
      origin: logKey.name,
      size: 6,
      root: plainRoot(entries),
    });
    expect((await store.state())?.signed?.checkpoint).toEqual(checkpoint);
  });

  it('grows in steps, over restarts, and is the tree that it would be in one step', async () => {
    const { log, store, restart } = await anchored(1);
    const sizes = [2];
    let histories = 1;
    for (const step of [1, 100, 400, 1, 250, 3]) {
      await appendHistories(log, histories, (histories += step));
      await restart();
      const entries = entriesOf(log.all);
      sizes.push(entries.length);
      const read = readingTiles(entries.length, async (name) => store.tiles.get(tilePath(name)) ?? Buffer.of());
      expect(await treeRoot(entries.length, read)).toEqual(plainRoot(entries));
    }
    expect(checkpointsIn(log.all)).toMatchObject(
      sizes.map((size) => ({ size, rootHash: rootOf(entriesOf(log.all).slice(0, size)) })),
    );
    // What was partial on the way to a full tile is not kept, and nothing is missing.
    expect([...store.tiles.keys()].filter((path) => !path.includes('.p/')).sort()).toEqual(
      newTiles(0, sizes.at(-1) ?? 0)
        .map(tilePath)
        .filter((path) => !path.includes('.p/'))
        .sort(),
    );
    const current = newTiles(0, sizes.at(-1) ?? 0).map(tilePath);
    expect([...store.tiles.keys()]).toEqual(expect.arrayContaining(current));
  });

  it('is not signed again when nothing was added', async () => {
    const { log, restart } = await anchored(3);
    const before = log.all.length;
    await restart();
    await restart();
    expect(log.all).toHaveLength(before);
  });

  it('gets a checkpoint by itself when much waits', async () => {
    const log = createInMemoryLog();
    const anchor = anchorOf(log, createTreeInMemory(), { maxWaitingLeaves: 100 });
    await appendHistories(log, 0, 120);
    await followAndSign(anchor, log, 30);
    expect(checkpointsIn(log.all).map(({ size }) => size)).toEqual([120, 160]);
  });
});

describe('a log that is not what was anchored', () => {
  /** As someone would leave it who can write to the file and writes all hashes again. */
  async function rewritten(histories: number, change: (all: EventLog) => Promise<void>) {
    const { store } = await anchored(histories);
    const log = createInMemoryLog('the same');
    await change(log);
    return { log, store, restart: () => followAndSign(anchorOf(log, store), log) };
  }

  it('gets no checkpoint when its end was cut off', async () => {
    const { log, store, restart } = await anchored(7);
    log.restore(3);
    await appendHistories(log, 100, 120);
    await expect(restart()).rejects.toThrow(
      /, revision 0: the checkpoint of 10 transitions was signed and the log does not have it/,
    );
    // The stores of the tree are lost as well, and what was signed is not: it was exported into another log.
    store.setState(null);
    expect(checkpointsIn(log.all)).toEqual([]);
  });

  it.each([
    ['one was removed', [0, 1, 2, 4, 5], 'is not in the log'],
    ['the last was removed', [0, 1, 2, 3, 4], 'is not in the log'],
  ])('gets none when a history was left out: %s', async (_, kept, how) => {
    const { log, store, restart } = await rewritten(6, async (rest) => {
      for (const number of kept) await appendHistories(rest, number, number + 1);
    });
    // With a checkpoint of the log that it knows, as of one that was written again.
    const state = await store.state();
    const head = await log.head();
    if (state && head) store.setState({ ...state, logCheckpoint: head.checkpoint, signed: null });
    await expect(restart()).rejects.toThrow(how);
    await expect(restart()).rejects.toThrow(/^event-[0-9a-f-]{36}, revision 0: what was anchored as leaf \d/);
    expect(checkpointsIn(log.all)).toEqual([]);
  });

  it('gets none when it is as long and in another order, though all tiles are lost', async () => {
    const { log, store, restart } = await rewritten(6, async (rest) => {
      for (const number of [0, 2, 1, 3, 4, 5]) await appendHistories(rest, number, number + 1);
    });
    store.tiles.clear();
    const state = await store.state();
    if (state) store.setState({ ...state, signed: null });
    await expect(restart()).rejects.toThrow(
      /^The first 8 transitions in the log have the root .*, and .* was anchored/,
    );
    expect(checkpointsIn(log.all)).toEqual([]);
  });

  it('gets none when it is shorter than what was signed', async () => {
    const { store, log: whole } = await anchored(6);
    const log = createInMemoryLog('the same');
    await appendHistories(log, 0, 3);
    store.tiles.clear();
    const [checkpoint] = checkpointsIn(whole.all);
    const state = await store.state();
    if (state) store.setState({ ...state, signed: null });
    await expect(followAndSign(anchorOf(log, store), log)).rejects.toThrow(
      `The log has 4 transitions, and ${checkpoint?.size} were anchored`,
    );
  });

  it('is noticed while it runs, when it is held against the tree', async () => {
    const { log, store } = await anchored(3);
    const anchor = anchorOf(log, store);
    await followAndSign(anchor, log);
    await anchor.compare();
    const changed: EventLog = { ...log, readStream: async () => [] };
    const other = anchorOf(
      { ...log, readStream: (...given) => (isChanged ? changed : log).readStream(...given) },
      store,
    );
    let isChanged = false;
    await followAndSign(other, log);
    isChanged = true;
    await expect(other.compare()).rejects.toThrow('is not in the log');
    await appendHistories(log, 3, 5);
    await expect(other.handle([], (await log.head())?.checkpoint ?? ('' as never))).rejects.toThrow('loaded again');
    await other.sign();
    expect(checkpointsIn(log.all)).toHaveLength(1);
  });
});

describe('what is stored of the tree', () => {
  it.each([
    ['tiles', (store: ReturnType<typeof createTreeInMemory>) => store.tiles.clear()],
    ['a tile', (store: ReturnType<typeof createTreeInMemory>) => store.tiles.delete('tile/0/001.p/44')],
    ['its state', (store: ReturnType<typeof createTreeInMemory>) => store.setState(null)],
    [
      'a bit',
      ({ tiles }: ReturnType<typeof createTreeInMemory>) => {
        const tile = tiles.get('tile/entries/001.p/44');
        tile?.writeUInt8(tile.readUInt8(9) ^ 1, 9);
      },
    ],
    [
      'the end of the last bundle',
      ({ tiles }: ReturnType<typeof createTreeInMemory>) => {
        const path = 'tile/entries/001.p/44';
        tiles.set(path, tiles.get(path)?.subarray(0, -1) ?? Buffer.of());
      },
    ],
    [
      'the last tile, which is too long',
      ({ tiles }: ReturnType<typeof createTreeInMemory>) => {
        const path = 'tile/0/001.p/44';
        tiles.set(path, Buffer.concat([tiles.get(path) ?? Buffer.of(), Buffer.of(1)]));
      },
    ],
  ])('is computed again from the log when it has lost %s, and comes to what was signed', async (_, lose) => {
    const { log, store, restart } = await anchored(225);
    const [first] = checkpointsIn(log.all);
    expect(first?.size).toBe(300);
    const tiles = new Map([...store.tiles].map(([path, bytes]) => [path, Buffer.from(bytes)]));
    lose(store);
    await restart();
    expect(new Map(store.tiles)).toEqual(tiles);
    expect(checkpointsIn(log.all)).toEqual([first]);
    await appendHistories(log, 225, 226);
    await restart();
    expect(checkpointsIn(log.all)).toMatchObject([{ size: 300 }, { rootHash: rootOf(entriesOf(log.all)) }]);
  });

  it('may be of an older day: what was signed since is not signed again', async () => {
    const { log, store, restart } = await anchored(10);
    const [state, tiles] = [await store.state(), new Map(store.tiles)];
    await appendHistories(log, 10, 20);
    await restart();
    store.setState(state);
    store.tiles.clear();
    for (const [path, bytes] of tiles) store.tiles.set(path, bytes);
    await restart();
    expect(checkpointsIn(log.all).map(({ size }) => size)).toEqual([14, 27]);
    expect(await store.state()).toMatchObject({ size: 27, signed: { revision: 1 } });
  });
});

describe('a failure on the way to a checkpoint', () => {
  const flipping = (store: TreeStore, isOn: () => boolean): TreeStore => ({
    ...store,
    write: (tiles) =>
      store.write(
        tiles.map((tile) => {
          const bytes = Buffer.from(tile.bytes);
          if (isOn()) bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
          return { ...tile, bytes };
        }),
      ),
  });

  it('is seen before anything is signed, when a bit has flipped', async () => {
    const log = createInMemoryLog();
    const store = createTreeInMemory();
    await appendHistories(log, 0, 5);
    let isOn = true;
    const anchor = anchorOf(
      log,
      flipping(store, () => isOn),
    );
    await expect(followAndSign(anchor, log)).rejects.toThrow('tile/0/000.p/7 of the audit tree: hash');
    expect([checkpointsIn(log.all), await store.state()]).toEqual([[], null]);
    isOn = false;
    await followAndSign(anchor, log);
    expect(checkpointsIn(log.all)).toMatchObject([{ rootHash: rootOf(entriesOf(log.all)) }]);
  });

  it('between the state and the signature is made up for by the next owner', async () => {
    const log = createInMemoryLog();
    const store = createTreeInMemory();
    await appendHistories(log, 0, 5);
    const dying = anchorOf({ ...log, append: async () => Promise.reject(new Error('killed')) }, store);
    await expect(followAndSign(dying, log)).rejects.toThrow('killed');
    expect(await store.state()).toMatchObject({ size: 7, signed: null });
    await followAndSign(anchorOf(log, store), log);
    expect(checkpointsIn(log.all)).toMatchObject([{ size: 7, rootHash: rootOf(entriesOf(log.all)) }]);
  });

  it('after the append, whose answer was lost, leads to no second checkpoint', async () => {
    const { log, store, restart } = await anchored(5);
    const state = await store.state();
    if (state) store.setState({ ...state, signed: null });
    await restart();
    expect(checkpointsIn(log.all)).toHaveLength(1);
    expect(await store.state()).toEqual(state);
  });

  it('is what an owner meets that was overtaken: it signs nothing, and goes on from what the other did', async () => {
    const { log, store } = await anchored(5);
    const [paused, other] = [anchorOf(log, store), anchorOf(log, store)];
    await followAndSign(paused, log);
    await appendHistories(log, 5, 8);
    await followAndSign(other, log);
    await appendHistories(log, 8, 9);
    const late = log.subscribeAll((await store.state())?.logCheckpoint ?? null)[Symbol.asyncIterator]();
    const { value } = await late.next();
    await late.return?.();
    if (value?.kind !== 'transitions') throw new Error('There was nothing to follow');
    await paused.handle(value.transitions, value.checkpoint);
    await expect(paused.sign()).rejects.toThrow('The state has changed');
    expect(checkpointsIn(log.all).map(({ size }) => size)).toEqual([7, 11]);
    await followAndSign(paused, log);
    expect(checkpointsIn(log.all).map(({ size }) => size)).toEqual([7, 11, 12]);
    for (const { size, rootHash } of checkpointsIn(log.all))
      expect(rootHash).toBe(rootOf(entriesOf(log.all).slice(0, size)));
  });
});
