import { expect, it } from 'vitest';
import {
  type AppendRequest,
  MAX_APPEND_BYTES,
  MAX_TRANSITION_BYTES,
} from '../../../../src/application/ports/event-log.ts';
import {
  appendAll,
  kindOf,
  newStream,
  request,
  transition,
  transitions,
} from '../../../support/event-log/transitions.ts';
import type { Clause } from '../clause.ts';

const unfit = (data: unknown) => request({ transitions: [transition({ data: data as string })] });

export const appendMany: Clause = {
  title: 'many appends at once',
  define({ log }) {
    it('do not affect each other: in conflict, too large, not text, or well', async () => {
      const taken = request();
      await appendAll(log(), [taken]);
      const third = 'x'.repeat(MAX_APPEND_BYTES / 4);
      const requests: readonly (readonly [AppendRequest, string])[] = [
        [request(), 'appended'],
        [{ ...taken, transitions: transitions(1) }, 'conflict'],
        [request(), 'appended'],
        [unfit('x'.repeat(MAX_TRANSITION_BYTES + 1)), 'refused: too-large'],
        [request({ transitions: transitions(4, { data: third }) }), 'refused: too-large'],
        [unfit(10n), 'refused: invalid'],
        [unfit({ an: 'object' }), 'refused: invalid'],
        [unfit(undefined), 'refused: invalid'],
        [request({ transitions: transitions(3) }), 'appended'],
        [taken, 'appended'],
      ];
      const outcomes = await log().appendMany(requests.map(([each]) => each));
      expect(outcomes.map(kindOf)).toEqual(requests.map(([, kind]) => kind));
      for (const [each, kind] of requests.filter(([{ stream }]) => stream !== taken.stream))
        expect(await log().readStream(each.stream)).toHaveLength(kind === 'appended' ? each.transitions.length : 0);
      expect(await log().readStream(taken.stream)).toHaveLength(1);
    });

    it('may be for one stream, and meet each other there', async () => {
      const stream = newStream();
      const outcomes = await log().appendMany([request({ stream }), request({ stream }), request({ stream })]);
      expect(outcomes.map(kindOf).sort()).toEqual(['appended', 'conflict', 'conflict']);
      expect(await log().readStream(stream)).toHaveLength(1);
    });

    it('may be none', async () => {
      expect(await log().appendMany([])).toEqual([]);
    });
  },
};
