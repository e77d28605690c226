import { hash } from 'node:crypto';
import { chmod, lstat, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readBootId } from '../files/boot-id.ts';
import { syncFile, syncFolder } from '../files/sync.ts';

/** How the last run left PGlite's files. */
interface Marker {
  /** Of the machine, from one start of it to the next; `null` where the system has no such thing. */
  readonly bootId: string | null;
  /** Set once they were closed and are on the disk: of every file's name, size and last change. */
  readonly closedAs: string | null;
}

/** PGlite's files, and a marker that says whether they can be believed. */
export interface EmbeddedFolder {
  readonly cluster: string;
  /** Where a new cluster is made before it is moved to its final path: a half-made one is never opened. */
  readonly draft: string;
  hasCluster(): Promise<boolean>;
  /** Why the files cannot be believed, in words; `null` when they can, or when there are none. */
  reasonToDiscard(): Promise<string | null>;
  discard(): Promise<void>;
  discardDraft(): Promise<void>;
  /** Takes the rights of others: PGlite gives some files more than the process' umask allows. They hold payloads. */
  makePrivate(): Promise<void>;
  promoteDraft(): Promise<void>;
  /** To be called before the files are opened. */
  markOpen(): Promise<void>;
  /** To be called after the files were closed. Writes all of them to the disk first. */
  markClosed(): Promise<void>;
  /** The files will not be believed at the next start. */
  markDamaged(): Promise<void>;
}

/**
 * PGlite never waits for the disk. After the end of the process its files are as the system has them, and PostgreSQL
 * recovers from its own log; after the end of the machine any of them may be torn. Linux distinguishes the two by the
 * boot's id (random(4)). Elsewhere an unclean end always counts as the worse one.
 */
export function embeddedFolder(folder: string, bootId: string | null = readBootId()): EmbeddedFolder {
  const cluster = join(folder, 'cluster');
  const draft = join(folder, 'cluster.new');
  const marker = join(folder, 'marker.json');
  const hasCluster = () =>
    stat(cluster).then(
      () => true,
      () => false,
    );

  async function mark(closedAs: string | null): Promise<void> {
    const next = `${marker}.new`;
    await writeFile(next, JSON.stringify({ bootId, closedAs } satisfies Marker), { flush: true });
    await rename(next, marker);
    await syncFolder(folder);
  }

  return {
    cluster,
    draft,
    hasCluster,
    async reasonToDiscard() {
      if (!(await hasCluster())) return null;
      const left = await readMarker(marker);
      if (left === null) return 'they were found damaged, or another program made them';
      if (left.closedAs !== null)
        return left.closedAs === (await describe(cluster)) ? null : 'their files were changed while they were closed';
      const isSameBoot = bootId !== null && left.bootId === bootId;
      return isSameBoot ? null : 'the machine went down while they were open';
    },
    async discard() {
      for (const path of [marker, cluster, draft]) await rm(path, { recursive: true, force: true });
    },
    discardDraft: () => rm(draft, { recursive: true, force: true }),
    async makePrivate() {
      if (process.platform === 'win32') return;
      for (const path of [folder, ...(await pathsBelow(folder))]) {
        const found = await lstat(path).catch(() => null);
        if (found === null || found.isSymbolicLink() || (found.mode & 0o077) === 0) continue;
        await chmod(path, found.isDirectory() ? 0o700 : 0o600);
      }
    },
    promoteDraft: () => rename(draft, cluster),
    markOpen: () => mark(null),
    async markClosed() {
      for (const path of await pathsBelow(cluster)) await syncFile(path);
      await mark(await describe(cluster));
    },
    markDamaged: () => rm(marker, { force: true }),
  };
}

async function readMarker(file: string): Promise<Marker | null> {
  try {
    const { bootId = null, closedAs = null } = JSON.parse(await readFile(file, 'utf8')) as Partial<Marker>;
    return { bootId, closedAs };
  } catch {
    return null;
  }
}

const pathsBelow = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder, { recursive: true })).sort().map((name) => join(folder, name));

async function describe(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const path of await pathsBelow(folder)) {
    const { size, mtimeMs } = await stat(path);
    lines.push(`${path.slice(folder.length)} ${size} ${mtimeMs}`);
  }
  return hash('sha256', lines.join('\n'));
}
