import type { Kysely } from 'kysely';
import { expect, it } from 'vitest';
import { createCursorKey } from '../../../src/projections/cursor-key.ts';
import type { Database } from '../../../src/projections/database.ts';
import { manualClock } from '../../support/api/manual-clock.ts';

export interface CursorKeyUnderTest {
  readonly db: Kysely<Database>;
  close(): Promise<void>;
}

/** What processes rely on, whichever PostgreSQL keeps it. */
export function cursorKeySuite(open: () => Promise<CursorKeyUnderTest>): void {
  it('is one for all processes that begin at once, and a new one within a minute where it was lost', async () => {
    const { db, close } = await open();
    const clock = manualClock();
    const keyOf = (text: string) => createCursorKey(db, { clock, proposal: Buffer.alloc(32, text) });
    const processes = ['one', 'two', 'three'].map(keyOf);
    const inAll = async () => [...new Set((await Promise.all(processes.map((each) => each()))).map(String))];
    const before = await inAll();
    expect(before).toHaveLength(1);
    expect(String(await keyOf('later')())).toBe(before[0]);

    await db.deleteFrom('cursor_key').execute();
    expect(await inAll()).toEqual(before);
    expect(String(await keyOf('after the loss')())).toBe(String(Buffer.alloc(32, 'after the loss')));
    clock.advance(60_000);
    expect(await inAll()).toEqual([String(Buffer.alloc(32, 'after the loss'))]);
    await close();
  });
}
