import { describe, expect, it, onTestFinished } from 'vitest';
import { openLogFile } from '../../../../src/adapters/embedded-log/database/log-file.ts';
import { revision } from '../../../../src/application/ports/event-log.ts';
import { createEmbeddedPlace } from '../../../support/event-log/embedded/embedded-place.ts';
import { armFault, disarmFault } from '../../../support/event-log/embedded/faults.ts';
import { endOf, follow, isCaughtUp } from '../../../support/event-log/follow.ts';
import {
  appendAll,
  appended,
  appendUntilKnown,
  conflict,
  kindOf,
  request,
} from '../../../support/event-log/transitions.ts';
import { count } from '../clause.ts';

/** Names are indexed in generations of 32,768, and 65,536 heads are remembered at most: this goes beyond both. */
const STREAMS = 70_000;

const named = (number: number) => `stream-${number}`;
const firstOf = (number: number) => request({ stream: named(number) });

describe('an embedded log with many streams', () => {
  it(`knows each of ${count(STREAMS)}, in memory or not, before and after it is opened again`, async () => {
    const place = createEmbeddedPlace();
    onTestFinished(() => place.destroy());
    const log = await place.open();
    for (let from = 0; from < STREAMS; from += 2_000)
      await appendAll(
        log,
        Array.from({ length: 2_000 }, (_, index) => firstOf(from + index)),
      );

    const some = [0, 1, 32_765, 32_766, 32_767, 32_768, 65_534, 65_535, 65_536, STREAMS - 1];
    expect(await log.appendMany(some.map(firstOf))).toEqual(some.map(() => conflict(0)));
    const all = Array.from({ length: STREAMS / 7 }, (_, index) => firstOf(index * 7));
    const outcomes = await log.appendMany(all);
    expect(new Set(outcomes.map(kindOf))).toEqual(new Set(['conflict']));
    await log.close();

    const again = await place.open();
    expect(await again.appendMany(some.map(firstOf))).toEqual(some.map(() => conflict(0)));
    const next = some.map((number) => request({ stream: named(number), expectedRevision: revision(0) }));
    expect(await again.appendMany(next)).toEqual(some.map(() => appended(1)));
    for (const number of some) expect(await again.readStream(named(number))).toHaveLength(2);
    await again.close();
  });

  it.each(['find the disk full', 'die before the commit'] as const)(
    'has no gap where a generation of names ends and its commits %s',
    async (fault) => {
      const place = createEmbeddedPlace();
      onTestFinished(() => place.destroy());
      const log = await place.open();
      const before = 32_767 - 3;
      for (let from = 0; from < before; from += 4_094)
        await appendAll(
          log,
          Array.from({ length: Math.min(4_094, before - from) }, (_, index) => firstOf(from + index)),
        );
      const follower = follow(log, await endOf(log));
      await follower.until(isCaughtUp);

      const lost = Array.from({ length: 10 }, (_, index) => firstOf(1_000_000 + index));
      armFault(place.path, fault);
      expect((await log.appendMany(lost)).map(({ kind }) => kind)).not.toContain('appended');
      disarmFault(place.path);
      const others = Array.from({ length: 10 }, (_, index) => firstOf(2_000_000 + index));
      for (const each of [...others, ...lost]) expect(await appendUntilKnown(log, each)).toEqual(appended(0));

      const seen = await follower.transitions(20);
      expect(seen.map(({ position }) => Number(position) - before)).toEqual(seen.map((_, index) => index + 1));
      await follower.end();
      await log.close();
      const { database } = openLogFile(place.path);
      expect(database.prepare('SELECT count(*) AS found, max(number) AS last FROM streams').get()).toEqual({
        found: before + 20,
        last: before + 20,
      });
      expect(database.prepare('SELECT generation FROM name_filters').all()).toEqual([{ generation: 0 }]);
      database.close();

      const again = await place.open();
      expect(await again.append(firstOf(1_000_009))).toEqual(conflict(0));
      expect(await again.append(firstOf(2_000_009))).toEqual(conflict(0));
      expect(await again.append(firstOf(3_000_000))).toEqual(appended(0));
      await again.close();
    },
  );
});
