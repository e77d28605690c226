import { expect, it } from 'vitest';
import { CheckpointRefused } from '../../../../src/application/failures.ts';
import type { Checkpoint, EventLog } from '../../../../src/application/ports/event-log.ts';
import { endOf, follow } from '../../../support/event-log/follow.ts';
import { fill } from '../../../support/event-log/transitions.ts';
import { able, type Clause } from '../clause.ts';

async function expectRefusal(log: EventLog, checkpoint: Checkpoint): Promise<void> {
  await expect(log.verifyCheckpoint(checkpoint)).rejects.toBeInstanceOf(CheckpointRefused);
  await expect(follow(log, checkpoint).next()).rejects.toBeInstanceOf(CheckpointRefused);
}

export const foreignCheckpoints: Clause = {
  title: 'a checkpoint',
  define({ log, newPlace, itNeeding }) {
    it('of this log is accepted', async () => {
      await fill(log(), 3);
      await expect(log().verifyCheckpoint(await endOf(log()))).resolves.toBeUndefined();
    });

    itNeeding('separation', 'of another log is refused', async () => {
      const [here, there] = [await newPlace(), await newPlace()];
      const [one, other] = [await here.open(), await there.open()];
      await fill(one, 5);
      await fill(other, 10);
      await expectRefusal(other, await endOf(one));
      await expectRefusal(one, await endOf(other));
      await one.close();
      await other.close();
    });

    itNeeding('separation', 'of an emptied log is refused', async () => {
      const place = await newPlace();
      const before = await place.open();
      await fill(before, 5);
      const checkpoint = await endOf(before);
      await before.close();
      const empty = await (await newPlace()).open();
      await expectRefusal(empty, checkpoint);
      await empty.close();
    });

    it.each(['', '7', 'null', 'embedded:7', '{"commit":"1"}'])('that is none is refused: "%s"', async (text) => {
      await expectRefusal(log(), text as Checkpoint);
    });

    itNeeding(
      'backup',
      'of what a restored backup has lost is refused, also when the log has grown since',
      async () => {
        const place = await newPlace();
        const before = await place.open();
        await fill(before, 10);
        const kept = await endOf(before);
        await before.close();
        const restore = await able(place.backUp)();
        const later = await place.open();
        await fill(later, 5);
        const lost = await endOf(later);
        await later.close();
        await restore();

        const restored = await place.open();
        await expectRefusal(restored, lost);
        await fill(restored, 20);
        await expectRefusal(restored, lost);
        await restored.verifyCheckpoint(kept);
        await restored.close();
      },
    );
  },
};
