import { expect, it } from 'vitest';
import { revision } from '../../../../src/application/ports/event-log.ts';
import { appendAll, appended, conflict, fill, request, transitions } from '../../../support/event-log/transitions.ts';
import { type Clause, count } from '../clause.ts';

const OTHERS = 100_001;

export const lateRetries: Clause = {
  title: 'a retry that comes late',
  define({ newPlace }) {
    it(`is still known after a restart and ${count(OTHERS)} other transitions`, async () => {
      const place = await newPlace();
      const first = request({ transitions: transitions(3) });
      const second = request({ stream: first.stream, expectedRevision: revision(2), transitions: transitions(2) });
      const before = await place.open();
      await appendAll(before, [first]);
      await appendAll(before, [second]);
      await fill(before, OTHERS, { size: 500 });
      await before.close();

      const after = await place.open();
      expect(await after.append(first)).toEqual(appended(0, 2));
      expect(await after.append(second)).toEqual(appended(3, 4));
      expect(await after.append({ ...first, transitions: transitions(3) })).toEqual(conflict(4));
      expect(await after.readStream(first.stream)).toHaveLength(5);
      await after.close();
    });
  },
};
