import { expect, it } from 'vitest';
import { LogUnavailable } from '../../../../src/application/failures.ts';
import { MAX_TRANSITION_BYTES, revision } from '../../../../src/application/ports/event-log.ts';
import {
  appendAll,
  appended,
  appendUntilKnown,
  kindOf,
  newStream,
  request,
  transition,
  transitions,
} from '../../../support/event-log/transitions.ts';
import { able, type Clause } from '../clause.ts';
import type { LogFailure, LogPlace } from '../harness.ts';

/** Each failure that the harness can make, one after the other, in one log. */
async function meetAll(place: LogPlace, isMeant: (failure: LogFailure) => boolean): Promise<void> {
  const meant = Object.entries(able(place.failures)).filter(([, failure]) => isMeant(failure));
  expect(meant).not.toEqual([]);
  const log = await place.open({ deadlineMs: 500 });
  for (const [name, { ends, begin }] of meant) {
    const end = await begin();
    const met = request({ transitions: transitions(2) });
    expect([name, kindOf(await log.append(met))]).toEqual([name, ends]);
    await end();
    expect([name, await appendUntilKnown(log, met)]).toEqual([name, appended(0, 1)]);
    expect(await log.readStream(met.stream)).toHaveLength(2);
  }
  await log.close();
}

export const failures: Clause = {
  title: 'what goes wrong',
  define({ log, newPlace, itNeeding }) {
    it('has a name that says what to do: conflict, too large, invalid', async () => {
      const first = request();
      await appendAll(log(), [first]);
      const large = transition({ data: 'x'.repeat(MAX_TRANSITION_BYTES) });
      expect(kindOf(await log().append({ ...first, transitions: transitions(1) }))).toBe('conflict');
      expect(kindOf(await log().append(request({ expectedRevision: revision(3) })))).toBe('conflict');
      expect(kindOf(await log().append(request({ transitions: [large] })))).toBe('refused: too-large');
      expect(kindOf(await log().append(request({ stream: '' })))).toBe('refused: invalid');
    });

    it('does not include a stream that is not there', async () => {
      expect(await log().readStream(newStream())).toEqual([]);
      expect(await log().readStream('')).toEqual([]);
    });

    it('includes a closed log, which takes and gives nothing', async () => {
      const closed = await (await newPlace()).open();
      await closed.close();
      expect(kindOf(await closed.append(request()))).toBe('refused: unavailable');
      expect((await closed.appendMany([request(), request()])).map(kindOf)).toEqual([
        'refused: unavailable',
        'refused: unavailable',
      ]);
      await expect(closed.readStream(newStream())).rejects.toBeInstanceOf(LogUnavailable);
      await expect(closed.head()).rejects.toBeInstanceOf(LogUnavailable);
    });

    itNeeding('failures', 'is told as it is, and is over when its cause is', async () => {
      await meetAll(await newPlace(), ({ ends }) => ends !== 'refused: unauthorized');
    });

    itNeeding('users', 'is told as unauthorized where the log refuses its user', async () => {
      await meetAll(await newPlace(), ({ ends }) => ends === 'refused: unauthorized');
    });
  },
};
