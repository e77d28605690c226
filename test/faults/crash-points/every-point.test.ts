import { expect, it } from 'vitest';
import { crashPoints } from '../../../src/main/crash-points/crash-points.ts';
import { embeddedCrashes, fullProfileCrashes, isOutOfReach } from './points.ts';

it.each([0, 1])(
  'every crash point that this version can come to is come to in one profile or the other, whatever the seed (%i)',
  (seed) => {
    const comeTo = new Set([...embeddedCrashes(seed), ...fullProfileCrashes(seed, 1)].map(({ point }) => point));
    expect(crashPoints.filter((point) => !comeTo.has(point) && !isOutOfReach(point))).toEqual([]);
  },
);
