import { ConcurrencyConflict } from '../../../src/application/failures.ts';
import type { TreeState, TreeStore } from '../../../src/application/ports/tree-store.ts';
import { TILE_WIDTH, tilePath } from '../../../src/application/transparency/tile-names.ts';

export interface TreeInMemory extends TreeStore {
  readonly tiles: Map<string, Buffer>;
  setState(state: TreeState | null): void;
}

/** The port without a disk, whose insides a test may change. */
export function createTreeInMemory(): TreeInMemory {
  const tiles = new Map<string, Buffer>();
  let state: TreeState | null = null;
  return {
    tiles,
    setState: (given) => void (state = given),
    read: async (name) => tiles.get(tilePath(name)) ?? null,
    state: async () => structuredClone(state),
    async write(given) {
      for (const tile of given) tiles.set(tilePath(tile), Buffer.from(tile.bytes));
    },
    async commit(from, to) {
      if (JSON.stringify(from) !== JSON.stringify(state)) throw new ConcurrencyConflict('The state has changed');
      state = structuredClone(to);
    },
    async deletePartials(names) {
      for (const name of names)
        for (const path of tiles.keys())
          if (path.startsWith(`${tilePath({ ...name, width: TILE_WIDTH })}.p/`)) tiles.delete(path);
    },
  };
}
