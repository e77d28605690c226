import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { recordCounts } from '../../support/faults/record-counts.ts';
import { type FaultySystem, startFaultySystem } from '../../support/faults/special/faulty-system.ts';
import {
  createMachineClock,
  type MachineClock,
  whyNoMachineClock,
} from '../../support/faults/special/machine-clock.ts';
import { countAnswers, steadyClients } from '../../support/faults/special/steady-clients.ts';
import { missingForFullProfile } from '../../support/full-profile/full-profile.ts';
import { type Role, roles } from '../../support/processes/role-process.ts';

const missing = missingForFullProfile() ?? whyNoMachineClock();
if (missing !== null) process.stdout.write(`skipped: clocks that jump, because ${missing}\n`);

const PER_SECOND = 50;
const HOUR_MS = 3_600_000;
/** For how long a clock is wrong. */
const WRONG_MS = 4_000;
/** It takes a minute, whatever part of the faults is wanted. */
const isWanted = inject('faults').scale === 1;

describe.skipIf(missing !== null || !isWanted)(
  "a machine's clock that jumps by an hour and back",
  { timeout: 300_000 },
  () => {
    let folder = '';
    let system: FaultySystem;
    const clocks = new Map<Role, MachineClock>();
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'eventops-clocks-'));
      for (const role of roles) clocks.set(role, createMachineClock(join(folder, role)));
      system = await startFaultySystem({ envOf: (role) => clocks.get(role)?.env ?? {} });
    });
    afterAll(async () => {
      await system.stop();
      rmSync(folder, { recursive: true });
    });

    it('doubles no end, loses nothing, keeps to the policy, and makes nothing wait for more than that hour', async () => {
      const clients = steadyClients({ ...system, source: 'faults/clock-jumps', perSecond: PER_SECOND });
      const startedAt = new Date();
      await clients.untilTaken(50);
      for (const role of roles)
        for (const hours of [1, -1]) {
          clocks.get(role)?.wrongBy(hours * HOUR_MS);
          await pause(WRONG_MS);
          clocks.get(role)?.wrongBy(0);
          await clients.untilTaken(25);
        }
      await clients.stop();
      await system.untilAllButLateRetriesEnded(60_000);
      // The hour passes.
      for (const clock of clocks.values()) clock.wrongBy(1.1 * HOUR_MS);
      const evidence = await system.evidence();
      const recordedEarly = [...evidence.histories.values()]
        .flat()
        .filter(({ recordedAt }) => recordedAt < startedAt.toISOString()).length;
      const figures = { 'clock jumps': 4 * roles.length, 'recorded by a clock behind': recordedEarly };
      expect(recordCounts({ test: 'clock jumps', evidence, figures })).toEqual([]);
      expect(system.ended()).toEqual([]);
      // Or the clocks were never wrong.
      expect(recordedEarly).toBeGreaterThan(0);
      expect(countAnswers(clients.answers)).toEqual({ taken: clients.answers.length });
    });
  },
);
