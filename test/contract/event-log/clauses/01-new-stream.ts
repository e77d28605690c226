import { expect, it } from 'vitest';
import { revision } from '../../../../src/application/ports/event-log.ts';
import { appended, conflict, newStream, request, transitions } from '../../../support/event-log/transitions.ts';
import type { Clause } from '../clause.ts';

export const newStreams: Clause = {
  title: 'a new stream',
  define({ log }) {
    it('begins at revision 0 and holds its transitions in order', async () => {
      const first = request({ transitions: transitions(3) });
      expect(await log().append(first)).toEqual(appended(0, 2));
      const history = await log().readStream(first.stream);
      expect(history).toEqual(
        first.transitions.map((proposed, index) => ({
          ...proposed,
          stream: first.stream,
          revision: revision(index),
          position: history[index]?.position,
        })),
      );
      expect(history.map(({ position }) => typeof position)).toEqual(['bigint', 'bigint', 'bigint']);
    });

    it('is begun once: a second beginning under other ids is told where the stream stands', async () => {
      const first = request({ transitions: transitions(3) });
      await log().append(first);
      expect(await log().append({ ...first, transitions: transitions(1) })).toEqual(conflict(2));
      expect(await log().readStream(first.stream)).toHaveLength(3);
    });

    it('is empty before, and cannot be gone on with', async () => {
      const stream = newStream();
      expect(await log().readStream(stream)).toEqual([]);
      expect(await log().append(request({ stream, expectedRevision: revision(0) }))).toEqual(conflict('no-stream'));
      expect(await log().readStream(stream)).toEqual([]);
    });
  },
};
