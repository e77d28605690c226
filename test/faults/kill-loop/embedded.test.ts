import { beforeAll, describe, expect, inject, it } from 'vitest';
import { runEmbeddedKillLoop } from '../../support/faults/kill-loop/embedded-kill-loop.ts';
import type { KillLoopResult } from '../../support/faults/kill-loop/kill-loop.ts';
import { unexplainedDeaths } from '../../support/faults/load/unexplained-deaths.ts';
import { recordCounts } from '../../support/faults/record-counts.ts';
import { scaled } from '../../support/faults/scale.ts';

const TEST = 'kill loop, embedded profile';
const kills = scaled(100);
const LONGEST_MS = 2_400_000;

describe(`one process with everything in it, killed with SIGKILL ${kills} times under load`, () => {
  const { seed } = inject('faults');
  let result: KillLoopResult;

  beforeAll(async () => {
    process.stdout.write(`${TEST}: FAULTS_SEED=${seed}\n`);
    const deadline = performance.now() + LONGEST_MS;
    result = await runEmbeddedKillLoop({ seed, kills, events: scaled(10_000), deadline });
  });

  it('keeps every guarantee', () => {
    expect(recordCounts({ test: TEST, seed, ...result })).toEqual([]);
  });

  it('makes dead letters of poison alone, and of what died with its worker at every attempt', () => {
    expect(unexplainedDeaths(result.evidence.histories)).toEqual([]);
  });

  it('ends by being killed only', () => {
    expect(result.collapses).toEqual([]);
  });
});
