import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { adviceOn } from '../../application/advice-on-files.ts';
import { AuditTreeUnavailable, ConcurrencyConflict } from '../../application/failures.ts';
import type { TreeState, TreeStore } from '../../application/ports/tree-store.ts';
import { someAtOnce } from '../../application/some-at-once.ts';
import { TILE_WIDTH, tilePath } from '../../application/transparency/tile-names.ts';
import { syncFolder } from '../files/sync.ts';

const STATE = 'state.json';
/** Each waits for threads and the disk several times: together they cost a third of the time, and the disk fewer commits. */
const FILES_AT_ONCE = 64;

/**
 * The tree of a log in a folder, each tile under the path of C2SP tlog-tiles, so that any server of files could serve it.
 * One process at a time writes there: the one that has the data folder. A file is there whole or not at all.
 */
export function openTreeFolder(folder: string): TreeStore {
  const state = async (): Promise<TreeState | null> => {
    const text = await readIfThere(join(folder, STATE));
    return text && parseState(text.toString(), join(folder, STATE));
  };
  return {
    state,
    read: (name) => readIfThere(join(folder, tilePath(name))),
    async write(tiles) {
      await writeWhole(tiles.map((tile) => [join(folder, tilePath(tile)), tile.bytes]));
    },
    async commit(from, to) {
      const current = await state();
      if (JSON.stringify(current) !== JSON.stringify(from))
        throw new ConcurrencyConflict(`The audit tree in ${folder} is no longer as it was read; read it again`);
      await writeWhole([[join(folder, STATE), Buffer.from(JSON.stringify(to))]]);
    },
    async deletePartials(tiles) {
      for (const name of tiles)
        await onFile(folder, () => rm(`${join(folder, tilePath({ ...name, width: TILE_WIDTH }))}.p`, RECURSIVE));
    },
  };
}

const RECURSIVE = { recursive: true, force: true } as const;

/** A state that cannot be read is an error that an operator has to see, who may delete it: all is computed again from the log then. */
function parseState(text: string, path: string): TreeState {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AuditTreeUnavailable(`${path} is damaged; delete it, and the tree is computed again from the log`, {
      cause: error,
    });
  }
}

const readIfThere = (path: string): Promise<Buffer | null> =>
  onFile(path, async () => {
    try {
      return await readFile(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  });

/** Durably: each file under its name at once, and all of the names when it returns. */
async function writeWhole(files: readonly (readonly [path: string, bytes: Buffer])[]): Promise<void> {
  await someAtOnce(files, FILES_AT_ONCE, ([path, bytes]) => writeFileWhole(path, bytes));
  const folders = new Set(files.map(([path]) => dirname(path)));
  for (const folder of folders) await onFile(folder, () => syncFolder(folder));
}

const writeFileWhole = (path: string, bytes: Buffer): Promise<void> =>
  onFile(path, async () => {
    const draft = `${path}.new`;
    const file = await openNew(draft);
    try {
      // Until all of it is written: one write may take a part, as on a disk that fills up.
      await file.writeFile(bytes);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  });

/** Most folders are there. */
async function openNew(path: string): Promise<FileHandle> {
  const create = () => open(path, 'w', 0o600);
  try {
    return await create();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return create();
  }
}

async function onFile<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new AuditTreeUnavailable(
      `${path} cannot be used for the audit tree (${message}): ${adviceOn(code ?? null)}`,
      {
        cause: error,
      },
    );
  }
}
