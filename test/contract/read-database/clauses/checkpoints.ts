import { describe, expect, it } from 'vitest';
import { ConcurrencyConflict } from '../../../../src/application/failures.ts';
import type { Checkpoint } from '../../../../src/application/ports/event-log.ts';
import { createCheckpointStore, moveCheckpoint } from '../../../../src/projections/checkpoints.ts';
import type { Opened } from '../harness.ts';

const place = (name: string) => name as Checkpoint;

export function checkpointClauses(under: Opened): void {
  const move = (from: Checkpoint | null, to: Checkpoint) =>
    under()
      .db.transaction()
      .execute((transaction) => moveCheckpoint(transaction, 'reader', { from, to, epoch: undefined }));

  describe('a checkpoint store', () => {
    it('knows no place of a new subscriber', async () => {
      expect(await createCheckpointStore(under().db).load('reader')).toBeNull();
    });

    it('keeps the last place of each subscriber', async () => {
      const store = createCheckpointStore(under().db);
      await store.save('reader', place('1'));
      await store.save('other', place('7'));
      await store.save('reader', place('2'));
      expect([await store.load('reader'), await store.load('other')]).toEqual(['2', '7']);
    });
  });

  describe('a checkpoint of rows', () => {
    it('moves from where it was read', async () => {
      await move(null, place('1'));
      await move(place('1'), place('2'));
      await move(place('2'), place('2'));
      expect(await createCheckpointStore(under().db).load('reader')).toBe('2');
    });

    it.each([
      ['that another one began', null],
      ['that another one moved', place('1')],
    ])('is not moved by a subscriber %s', async (_, from) => {
      await move(null, place('2'));
      await expect(move(from, place('3'))).rejects.toThrow(ConcurrencyConflict);
      expect(await createCheckpointStore(under().db).load('reader')).toBe('2');
    });

    it('is not moved when the rows were thrown away', async () => {
      await move(null, place('1'));
      await under().db.deleteFrom('checkpoints').execute();
      await expect(move(place('1'), place('2'))).rejects.toThrow(ConcurrencyConflict);
    });
  });
}
