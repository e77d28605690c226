import { expect, it } from 'vitest';
import { type AppendRequest, type EventLog, revision } from '../../../../src/application/ports/event-log.ts';
import { readLog } from '../../../support/event-log/follow.ts';
import {
  appendAll,
  appended,
  conflict,
  newStream,
  request,
  transitions,
} from '../../../support/event-log/transitions.ts';
import type { Clause } from '../clause.ts';

/** A stream of two appends of two, then `later` more appends. */
async function grow(log: EventLog, later: number): Promise<readonly [AppendRequest, AppendRequest]> {
  const stream = newStream();
  const first = request({ stream, transitions: transitions(2) });
  const second = request({ stream, expectedRevision: revision(1), transitions: transitions(2) });
  await appendAll(log, [first]);
  await appendAll(log, [second]);
  for (let index = 0; index < later; index++)
    await appendAll(log, [request({ stream, expectedRevision: revision(3 + index) })]);
  return [first, second];
}

export const retries: Clause = {
  title: 'an identical retry',
  define({ log }) {
    it.each([0, 1, 5])('is told the original revisions after %i later appends, and changes nothing', async (later) => {
      const [first, second] = await grow(log(), later);
      const before = await readLog(log(), null, { streamPrefixes: [first.stream] });
      expect(await log().append(first)).toEqual(appended(0, 1));
      expect(await log().append(second)).toEqual(appended(2, 3));
      expect(await readLog(log(), null, { streamPrefixes: [first.stream] })).toEqual(before);
    });

    it('may be a prefix of what was appended', async () => {
      const [first, second] = await grow(log(), 1);
      expect(await log().append({ ...first, transitions: first.transitions.slice(0, 1) })).toEqual(appended(0));
      expect(await log().append({ ...second, transitions: second.transitions.slice(0, 1) })).toEqual(appended(2));
    });

    it('may span several earlier appends', async () => {
      const [first, second] = await grow(log(), 1);
      const both = { ...first, transitions: [...first.transitions, ...second.transitions] };
      expect(await log().append(both)).toEqual(appended(0, 3));
    });

    it('is known by its ids, not by its bodies', async () => {
      const [first] = await grow(log(), 1);
      const changed = first.transitions.map((each) => ({ ...each, data: '{"another":"body"}' }));
      expect(await log().append({ ...first, transitions: changed })).toEqual(appended(0, 1));
      expect((await log().readStream(first.stream))[0]?.data).toBe(first.transitions[0]?.data);
    });

    it('under other ids is a conflict', async () => {
      const [first, second] = await grow(log(), 2);
      expect(await log().append({ ...first, transitions: transitions(2) })).toEqual(conflict(5));
      expect(await log().append({ ...second, transitions: transitions(2) })).toEqual(conflict(5));
    });

    it('is one only at its own place: known ids at the present head are appended a second time', async () => {
      const [, second] = await grow(log(), 0);
      expect(await log().append({ ...second, expectedRevision: revision(3) })).toEqual(appended(4, 5));
    });
  },
};
