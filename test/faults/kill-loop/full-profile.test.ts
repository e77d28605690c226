import { beforeAll, describe, expect, inject, it } from 'vitest';
import {
  type FullProfileKillLoopResult,
  runFullProfileKillLoop,
} from '../../support/faults/kill-loop/full-profile-kill-loop.ts';
import { unexplainedDeaths } from '../../support/faults/load/unexplained-deaths.ts';
import { recordCounts } from '../../support/faults/record-counts.ts';
import { isWhole, scaled } from '../../support/faults/scale.ts';
import { missingForFullProfile } from '../../support/full-profile/full-profile.ts';

const TEST = 'kill loop, full profile';
const kills = scaled(25);
const serverKills = scaled(20);
const LONGEST_MS = 2_400_000;
const missing = isWhole() ? missingForFullProfile() : 'npm run test:faults has it';
if (missing !== null) process.stdout.write(`skipped: ${TEST}, because ${missing}\n`);

describe.skipIf(missing !== null)(
  `each role killed ${kills} times, RabbitMQ and PostgreSQL ${serverKills} times`,
  () => {
    const { seed } = inject('faults');
    let result: FullProfileKillLoopResult;

    beforeAll(async () => {
      process.stdout.write(`${TEST}: FAULTS_SEED=${seed}\n`);
      const deadline = performance.now() + LONGEST_MS;
      const events = scaled(10_000);
      result = await runFullProfileKillLoop({ seed, kills, serverKills, logKills: scaled(5), events, deadline });
    });

    it('keeps every guarantee', () => {
      expect(recordCounts({ test: TEST, seed, ...result })).toEqual([]);
    });

    it('leaves the rows that a projector rebuilds from the log', () => {
      expect(result.rowsMadeAnew).toEqual(result.rowsAtRest);
    });

    it('makes dead letters of poison alone, and of what died with its worker at every attempt', () => {
      expect(unexplainedDeaths(result.evidence.histories)).toEqual([]);
    });

    it('has no process that ends without being killed', () => {
      expect(result.collapses).toEqual([]);
    });
  },
);
