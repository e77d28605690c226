import { readFileSync } from 'node:fs';
import { open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How the last run left PGlite's files. */
interface Marker {
  /** Of the machine, from one start of it to the next; `null` where the system has no such thing. */
  readonly bootId: string | null;
  /** Everything was written to the disk before this was. */
  readonly isClosed: boolean;
}

/** PGlite's files, and a marker that says whether they can be believed. */
export interface EmbeddedFolder {
  readonly cluster: string;
  /** Where a new cluster is made before it takes its place: a half-made one is never opened. */
  readonly draft: string;
  /** Why the files cannot be believed, in words; `null` when they can, or when there are none. */
  reasonToDiscard(): Promise<string | null>;
  hasCluster(): Promise<boolean>;
  promoteDraft(): Promise<void>;
  discard(): Promise<void>;
  /** To be called before the files are opened. */
  markOpen(): Promise<void>;
  /** To be called after the files were closed. Writes all of them to the disk first. */
  markClosed(): Promise<void>;
}

/**
 * PGlite never waits for the disk. After the end of the process its files are as the system has them, and PostgreSQL
 * recovers from its log; after the end of the machine any of them may be torn. Linux tells the two apart by the boot's
 * id (man 4 random). Elsewhere an unclean end always counts as the worse one.
 */
export function embeddedFolder(folder: string, bootId: string | null = readBootId()): EmbeddedFolder {
  const cluster = join(folder, 'cluster');
  const draft = join(folder, 'cluster.new');
  const markerFile = join(folder, 'marker.json');
  const exists = (path: string) =>
    stat(path).then(
      () => true,
      () => false,
    );

  async function mark(isClosed: boolean): Promise<void> {
    const next = `${markerFile}.new`;
    await writeFile(next, JSON.stringify({ bootId, isClosed } satisfies Marker), { flush: true });
    await rename(next, markerFile);
    await synchronize(folder);
  }

  return {
    cluster,
    draft,
    async reasonToDiscard() {
      if (!(await exists(cluster))) return null;
      const marker = await readMarker(markerFile);
      if (marker === null) return 'nothing says how they were left';
      if (marker.isClosed || (bootId !== null && marker.bootId === bootId)) return null;
      return 'the machine went down while they were open';
    },
    hasCluster: () => exists(cluster),
    async promoteDraft() {
      await rename(draft, cluster);
    },
    async discard() {
      await rm(markerFile, { force: true });
      await rm(cluster, { recursive: true, force: true });
      await rm(draft, { recursive: true, force: true });
    },
    markOpen: () => mark(false),
    async markClosed() {
      for (const entry of await readdir(cluster, { recursive: true, withFileTypes: true }))
        await synchronize(join(entry.parentPath, entry.name));
      await synchronize(cluster);
      await mark(true);
    },
  };
}

async function readMarker(file: string): Promise<Marker | null> {
  try {
    const { bootId, isClosed } = JSON.parse(await readFile(file, 'utf8')) as Partial<Marker>;
    return { bootId: bootId ?? null, isClosed: isClosed === true };
  } catch {
    return null;
  }
}

/** Returns when the file, or the folder's list of files, is on the disk. */
async function synchronize(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function readBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}
