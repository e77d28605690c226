import { expect, it } from 'vitest';
import { revision } from '../../../../src/application/ports/event-log.ts';
import { appended, conflict, request, transitions } from '../../../support/event-log/transitions.ts';
import type { Clause } from '../clause.ts';

export const expectedRevisions: Clause = {
  title: 'the expected revision',
  define({ log }) {
    it.each([
      ['stale', 1, conflict(2)],
      ['equal', 2, appended(3, 4)],
      ['ahead by one', 3, conflict(2)],
      ['far ahead', Number.MAX_SAFE_INTEGER, conflict(2)],
    ])('that is %s decides', async (_, expected, outcome) => {
      const { stream, ...first } = request({ transitions: transitions(3) });
      await log().append({ stream, ...first });
      const second = { stream, expectedRevision: revision(expected), transitions: transitions(2) };
      expect(await log().append(second)).toEqual(outcome);
      expect(await log().readStream(stream)).toHaveLength(outcome.kind === 'appended' ? 5 : 3);
    });

    it('is also where a stream is read from, inclusively', async () => {
      const { stream, ...first } = request({ transitions: transitions(4) });
      await log().append({ stream, ...first });
      const revisionsFrom = async (from: number) =>
        (await log().readStream(stream, revision(from))).map((each) => Number(each.revision));
      expect(await revisionsFrom(0)).toEqual([0, 1, 2, 3]);
      expect(await revisionsFrom(2)).toEqual([2, 3]);
      expect(await revisionsFrom(4)).toEqual([]);
      expect(await revisionsFrom(40)).toEqual([]);
    });
  },
};
