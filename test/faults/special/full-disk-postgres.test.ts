import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { recordCounts } from '../../support/faults/record-counts.ts';
import { scaled } from '../../support/faults/scale.ts';
import { type FaultySystem, startFaultySystem } from '../../support/faults/special/faulty-system.ts';
import { mountSmallDisk, type SmallDisk, whyNoSmallDisk } from '../../support/faults/special/small-disk.ts';
import { countAnswers, type SteadyClients, steadyClients } from '../../support/faults/special/steady-clients.ts';
import { missingForFullProfile } from '../../support/full-profile/full-profile.ts';

const missing = missingForFullProfile() ?? whyNoSmallDisk();
if (missing !== null) process.stdout.write(`skipped: full disks of PostgreSQL, because ${missing}\n`);

const SIZE_MIB = 256;
/** Less than the 16 MiB of the next file of PostgreSQL's own log, and enough for the tables until it is needed. */
const ROOM_FOR_TABLES_MIB = 14;
const LONGEST_WAIT_MS = 60_000;

/** It takes a minute, whatever part of the faults is wanted. */
const isWanted = inject('faults').scale === 1;

describe.skipIf(missing !== null || !isWanted)('PostgreSQL on a full disk', { timeout: 300_000 }, () => {
  let folder = '';
  let disk: SmallDisk;
  let system: FaultySystem;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eventops-full-disk-'));
    // PostgreSQL runs as another user when we are root.
    chmodSync(folder, 0o755);
    disk = mountSmallDisk(join(folder, 'pg'), SIZE_MIB);
    system = await startFaultySystem({ postgresFolder: join(folder, 'pg') });
  });
  afterAll(async () => {
    await system?.stop();
    disk?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const clientsOf = (perSecond: number, ballast = '') =>
    steadyClients({ ...system, source: `faults/full-disk-of-postgres-${perSecond}`, perSecond, ballast });

  const expectNothingLost = async (test: string, clients: SteadyClients) => {
    // A server that gave up is started again, as whoever supervises it would.
    await system.servers.postgres.start();
    await clients.untilTaken(scaled(200));
    await clients.stop();
    const evidence = await system.evidence();
    expect(recordCounts({ test, evidence, figures: countAnswers(clients.answers) })).toEqual([]);
    expect(system.ended()).toEqual([]);
    expect(countAnswers(clients.answers)).toEqual({ taken: clients.answers.length });
  };
  /** PostgreSQL says so, or has given up. */
  const untilThereIsNoRoom = async () => {
    const giveUpAt = performance.now() + LONGEST_WAIT_MS;
    while ((await fetch(`${system.process('projector').monitoringUrl}/readyz`)).ok) {
      if (performance.now() > giveUpAt) throw new Error('The disk of PostgreSQL does not get full');
      await pause(100);
    }
  };

  it('lets posts and processing go on, and has every row when there is room for its tables', async () => {
    const clients = clientsOf(100);
    await clients.untilTaken(scaled(200));
    disk.fill();
    await untilThereIsNoRoom();
    await clients.untilTaken(scaled(1_000));
    disk.makeRoom();
    await expectNothingLost('disk of PostgreSQL full', clients);
  });

  it('lets posts and processing go on, and has every row when there is room for its own log', async () => {
    const clients = clientsOf(200, randomBytes(900).toString('hex'));
    await clients.untilTaken(scaled(200));
    disk.fill(ROOM_FOR_TABLES_MIB);
    await untilThereIsNoRoom();
    await clients.untilTaken(scaled(1_000));
    disk.makeRoom();
    await expectNothingLost("disk of PostgreSQL's own log full", clients);
  });
});
