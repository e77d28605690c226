import { describe, expect, it } from 'vitest';
import { noteUses } from '../../../../src/application/api-keys/note-uses.ts';
import { manualClock } from '../../../support/api/manual-clock.ts';

function surroundings() {
  const clock = manualClock();
  const saved: (readonly [string, string])[][] = [];
  let isAway = false;
  const store = {
    lastUses: async () => new Map(saved.flat()),
    save: async (uses: ReadonlyMap<string, string>) => {
      if (isAway) throw new Error('away');
      saved.push([...uses]);
    },
  };
  return {
    ...noteUses({ clock, store }),
    ...{ clock, saved },
    setAway: (now: boolean) => {
      isAway = now;
    },
    /** Resolves once what was begun is done. */
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

const HOUR_MS = 60 * 60_000;

describe('uses of API keys', () => {
  it('are saved once for each key and hour', async () => {
    const { note, clock, saved, settled } = surroundings();
    for (let minute = 0; minute < 120; minute++) {
      note('a');
      if (minute === 30) note('b');
      clock.advance(60_000);
    }
    await settled();
    expect(saved.flat()).toEqual([
      ['a', '2030-01-01T00:00:00.000Z'],
      ['b', '2030-01-01T00:00:00.000Z'],
      ['a', '2030-01-01T01:00:00.000Z'],
    ]);
  });

  it('are saved with a later use, a minute after the store was unavailable', async () => {
    const { note, clock, saved, settled, setAway, lastUses } = surroundings();
    setAway(true);
    note('a');
    await settled();
    setAway(false);
    note('a');
    await settled();
    expect(saved).toEqual([]);
    expect([...(await lastUses())]).toEqual([['a', '2030-01-01T00:00:00.000Z']]);
    clock.advance(60_000);
    note('a');
    await settled();
    expect(saved.flat()).toEqual([['a', '2030-01-01T00:00:00.000Z']]);
  });

  it('are the latest of what is kept and what was noted here', async () => {
    const { note, clock, saved, lastUses, settled } = surroundings();
    saved.push([['a', '2030-01-01T05:00:00.000Z']], [['b', '2029-12-31T05:00:00.000Z']]);
    note('a');
    note('b');
    await settled();
    clock.advance(HOUR_MS);
    expect((await lastUses()).get('b')).toBe('2030-01-01T00:00:00.000Z');
  });
});
