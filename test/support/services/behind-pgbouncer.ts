import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { createPgBouncer, findPgBouncer, type PgBouncer, type PgBouncerOptions } from './pgbouncer.ts';
import { describeOn, isolated } from './real-services.ts';

export interface BehindPgBouncer {
  readonly pooler: () => PgBouncer;
  /** A new, empty database: its URL through the pooler, and the server's own. */
  database(): Promise<{ readonly url: string; readonly direct: string }>;
}

/** A suite with a PgBouncer of its own before the shared PostgreSQL: skipped, and why, where either cannot be had. */
export function describeBehindPgBouncer(
  title: string,
  options: Pick<PgBouncerOptions, 'poolMode' | 'settings'>,
  suite: (given: BehindPgBouncer) => void,
): void {
  const found = findPgBouncer();
  if (!found.found) {
    describe.skip(`${title} (skipped: ${found.why})`, () => suite({ pooler: opened, database: opened }));
    return;
  }
  describeOn('PostgreSQL', title, () => {
    let pooler: PgBouncer | null = null;
    let folder = '';
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'eventops-pgbouncer-'));
      const serverUrl = await isolated('PostgreSQL');
      pooler = createPgBouncer({ folder, binaries: found.binaries, serverUrl, ...options });
      await pooler.start();
    });
    afterAll(async () => {
      await pooler?.kill();
      await rm(folder, { recursive: true, force: true });
    });
    suite({
      pooler: () => pooler ?? opened(),
      database: async () => {
        const direct = await isolated('PostgreSQL');
        return { url: (pooler ?? opened()).through(direct), direct };
      },
    });
  });
}

const opened = (): never => {
  throw new Error('The pooler does not run outside a test');
};
