import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../../src/application/ports/event-log.ts';
import { moveCheckpoint } from '../../../../src/projections/checkpoints.ts';
import { writeEvents } from '../../../../src/projections/events/write.ts';
import { namedIn } from '../../../../src/projections/slots.ts';
import { row } from '../../../support/read-database/rows.ts';
import type { Opened } from '../harness.ts';

const place = (name: string) => name as Checkpoint;

export function transactionClauses(under: Opened): void {
  const rows = () => under().db.selectFrom('events').select(['idempotency_key', 'status', 'revision']).execute();
  const places = () => under().db.selectFrom('checkpoints').select(['subscriber', 'checkpoint']).execute();

  describe('a transaction', () => {
    it('shows rows and checkpoint together', async () => {
      await under()
        .db.transaction()
        .execute(async (transaction) => {
          await writeEvents({ transaction, named: namedIn(null) }, [row('one'), row('two')]);
          await moveCheckpoint(transaction, 'reader', { from: null, to: place('2'), epoch: undefined });
        });
      expect(await rows()).toHaveLength(2);
      expect(await places()).toEqual([{ subscriber: 'reader', checkpoint: '2' }]);
    });

    it('leaves neither rows nor checkpoint when it fails half-way', async () => {
      const failing = under()
        .db.transaction()
        .execute(async (transaction) => {
          await writeEvents({ transaction, named: namedIn(null) }, [row('one')]);
          await moveCheckpoint(transaction, 'reader', { from: null, to: place('1'), epoch: undefined });
          throw new Error('the power is gone');
        });
      await expect(failing).rejects.toThrow('the power is gone');
      expect([await rows(), await places()]).toEqual([[], []]);
    });

    it('leaves nothing when one of its statements is refused, and the connection works on', async () => {
      const failing = under()
        .db.transaction()
        .execute(async (transaction) => {
          await writeEvents({ transaction, named: namedIn(null) }, [row('one')]);
          await sql`select 1 / 0`.execute(transaction);
        });
      await expect(failing).rejects.toThrow();
      expect(await rows()).toEqual([]);
    });
  });

  describe('a row', () => {
    it('is not written over by an older or equal state of its event', async () => {
      const write = (revision: string, status: 'RECEIVED' | 'PROCESSED' | 'DEAD') =>
        under()
          .db.transaction()
          .execute((transaction) =>
            writeEvents({ transaction, named: namedIn(null) }, [row('one', { revision, status })]),
          );
      await write('2', 'PROCESSED');
      await write('1', 'RECEIVED');
      await write('2', 'DEAD');
      expect(await rows()).toEqual([{ idempotency_key: 'one', status: 'PROCESSED', revision: '2' }]);
      await write('10', 'DEAD');
      expect(await rows()).toEqual([{ idempotency_key: 'one', status: 'DEAD', revision: '10' }]);
    });

    it('may have a key that another event has, however long it is', async () => {
      const idempotency_key = Array.from({ length: 4_000 }, (_, index) => index.toString(36)).join('');
      const values = [row('mine', { idempotency_key }), row('theirs', { idempotency_key })];
      await under().db.insertInto('events').values(values).execute();
      expect(await rows()).toHaveLength(2);
    });
  });

  it('shows dead letters, and no other event, in the view of that name', async () => {
    await under()
      .db.insertInto('events')
      .values([row('dead', { status: 'DEAD' }), row('alive')])
      .execute();
    const { rows: dead } = await sql`select idempotency_key from dead_letters`.execute(under().db);
    expect(dead).toEqual([{ idempotency_key: 'dead' }]);
  });
}
