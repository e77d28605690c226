import { expect, it } from 'vitest';
import { type CrashPoint, crashPoints } from '../../../src/main/crash-points/crash-points.ts';
import {
  embeddedCrashes,
  explainerCrashes,
  fullProfileCrashes,
  isOfFailedRebuild,
  isOutOfReach,
  rebuildCrashes,
} from './points.ts';

it.each([0, 1])(
  'every crash point that this version can come to is come to in one profile or the other, whatever the seed (%i)',
  (seed) => {
    const all = [...embeddedCrashes(seed), ...fullProfileCrashes(seed, 1), ...rebuildCrashes, ...explainerCrashes];
    const comeTo = new Set(all.map(({ point }) => point));
    const isBroughtAbout = (point: CrashPoint) => !isOutOfReach(point) && !isOfFailedRebuild(point);
    expect(crashPoints.filter((point) => !comeTo.has(point) && isBroughtAbout(point))).toEqual([]);
  },
);
