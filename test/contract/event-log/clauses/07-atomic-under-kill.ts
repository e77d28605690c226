import { expect } from 'vitest';
import { APPENDER_TRANSITIONS, appenderRequest } from '../../../support/event-log/appender.ts';
import { readLog } from '../../../support/event-log/follow.ts';
import { seededRandom } from '../../../support/event-log/seeded-random.ts';
import { appended } from '../../../support/event-log/transitions.ts';
import { able, type Clause, count, size } from '../clause.ts';

const KILLS = size(2, 60);

export const atomicUnderKill: Clause = {
  title: 'an append of several transitions',
  define({ newPlace, itNeeding }) {
    itNeeding('kill', `is in the log whole or not at all when its log is killed: ${count(KILLS)} kills`, async () => {
      const place = await newPlace();
      const random = seededRandom(7);
      const acknowledged = new Set<string>();
      for (let kill = 0; kill < KILLS; kill++) {
        const appender = await able(place.startAppender)();
        await appender.acknowledges(1 + Math.floor(random() * 60));
        await appender.kill();
        for (const stream of appender.acknowledged) acknowledged.add(stream);
        const log = await place.open();
        const found = Map.groupBy(await readLog(log), ({ stream }) => stream);
        expect([...found.values()].filter((history) => history.length !== APPENDER_TRANSITIONS)).toEqual([]);
        expect([...acknowledged].filter((stream) => !found.has(stream))).toEqual([]);

        for (const stream of appender.begun) {
          if (acknowledged.has(stream)) continue;
          expect(await log.append(appenderRequest(stream))).toEqual(appended(0, APPENDER_TRANSITIONS - 1));
          expect(await log.readStream(stream)).toHaveLength(APPENDER_TRANSITIONS);
        }
        await log.close();
      }
      expect(acknowledged.size).toBeGreaterThanOrEqual(KILLS);
    });
  },
};
