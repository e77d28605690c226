import { expect } from 'vitest';
import { LogUnavailable } from '../../../../src/application/failures.ts';
import { appended, appendUntilKnown, kindOf, request, transitions } from '../../../support/event-log/transitions.ts';
import { able, type Clause } from '../clause.ts';

export const silence: Clause = {
  title: 'a log that does not answer',
  define({ newPlace, itNeeding }) {
    itNeeding('silence', 'leaves every call settled by its deadline, and a retry makes one copy', async () => {
      const place = await newPlace();
      const log = await place.open({ deadlineMs: 200 });
      const before = request();
      await log.append(before);
      const endSilence = await able(place.fallSilent)();

      const requests = Array.from({ length: 20 }, () => request({ transitions: transitions(2) }));
      const first = await log.append(request());
      expect(first.kind).toBe('unknown');
      const outcomes = await log.appendMany(requests);
      for (const outcome of outcomes) expect(['unknown', 'refused: unavailable']).toContain(kindOf(outcome));
      await expect(log.readStream(before.stream)).rejects.toBeInstanceOf(LogUnavailable);
      await expect(log.head()).rejects.toBeInstanceOf(LogUnavailable);
      await endSilence();

      for (const each of requests) {
        expect(await appendUntilKnown(log, each)).toEqual(appended(0, 1));
        expect(await log.readStream(each.stream)).toHaveLength(2);
      }
      await log.close();
    });
  },
};
