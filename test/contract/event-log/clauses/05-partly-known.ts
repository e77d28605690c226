import { expect, it } from 'vitest';
import { revision } from '../../../../src/application/ports/event-log.ts';
import { appendAll, conflict, request, transition, transitions } from '../../../support/event-log/transitions.ts';
import type { Clause } from '../clause.ts';

export const partlyKnown: Clause = {
  title: 'transitions that are partly known',
  define({ log }) {
    const known = transitions(3);
    const [a, b, c] = known as [(typeof known)[0], (typeof known)[0], (typeof known)[0]];

    it.each([
      ['known, and one more', 'no-stream', [a, b, c, transition()]],
      ['a new one, then a known one', 'no-stream', [transition(), b]],
      ['a known one, then a new one', 'no-stream', [a, transition()]],
      ['in another order', 'no-stream', [b, a, c]],
      ['not from where they begin', 'no-stream', [b, c]],
      ['one place too late', 0, [a, b]],
      ['beyond the end', 7, [a]],
    ] as const)('are a conflict, and nothing is written: %s', async (_, expected, proposed) => {
      const first = request({ transitions: known });
      await appendAll(log(), [first]);
      const second = {
        stream: first.stream,
        expectedRevision: expected === 'no-stream' ? expected : revision(expected),
        transitions: proposed,
      };
      expect(await log().append(second)).toEqual(conflict(2));
      expect((await log().readStream(first.stream)).map(({ id }) => id)).toEqual([a.id, b.id, c.id]);
    });
  },
};
