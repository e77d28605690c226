import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { askOnce } from '../../support/faults/load/ask.ts';
import { openWitnessFile, type WitnessFile } from '../../support/faults/load/witness-file.ts';
import { recordCounts } from '../../support/faults/record-counts.ts';
import { isWhole, scaled } from '../../support/faults/scale.ts';
import { type EmbeddedSystem, startEmbeddedSystem } from '../../support/faults/special/embedded-system.ts';
import { mountSmallDisk, type SmallDisk, whyNoSmallDisk } from '../../support/faults/special/small-disk.ts';
import { countAnswers, type SteadyClients, steadyClients } from '../../support/faults/special/steady-clients.ts';

const why = whyNoSmallDisk();
if (why !== null) process.stdout.write(`skipped: full disks of the embedded profile, because ${why}\n`);

const SIZE_MIB = 256;
const NO_ROOM = /disk is full|no space left/i;
/** Less than the 16 MiB of the next file of PostgreSQL's own log, and enough for the tables until it is needed. */
const ROOM_FOR_TABLES_MIB = 14;
const LONGEST_WAIT_MS = 60_000;

const atRestart: readonly (readonly [state: string, take: (disk: SmallDisk) => void])[] = [
  ['with the read tables that it had', () => {}],
  ['without read tables', ({ folder }) => rmSync(join(folder, 'read-tables'), { recursive: true })],
];

describe.skipIf(why !== null)('the embedded profile on a full disk', { timeout: 300_000 }, () => {
  let folder = '';
  let witness: WitnessFile;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eventops-full-disk-'));
    witness = await openWitnessFile(join(folder, 'witness'));
    onTestFinished(async () => {
      await witness.close();
      await rm(folder, { recursive: true });
    });
  });

  const startOnSmallDisk = async (diskFolder: string) => {
    const disk = mountSmallDisk(diskFolder, SIZE_MIB);
    onTestFinished(() => disk.remove());
    const system = await startEmbeddedSystem(join(folder, 'data'));
    onTestFinished(() => system.kill());
    return { disk, system };
  };
  const clientsOf = ({ service }: EmbeddedSystem, perSecond = 100, ballast = '') =>
    steadyClients({ service, witness, source: 'faults/full-disk', perSecond, ballast });

  /** Once there is room again. */
  const expectNothingLost = async (test: string, system: EmbeddedSystem, clients: SteadyClients) => {
    await clients.untilTaken(scaled(200));
    await clients.stop();
    expect(system.isRunning()).toBe(true);
    const evidence = await system.evidence(witness);
    expect(recordCounts({ test, evidence, figures: countAnswers(clients.answers) })).toEqual([]);
  };

  it('refuses posts with a problem document, loses nothing, and goes on by itself when there is room', async () => {
    const { disk, system } = await startOnSmallDisk(join(folder, 'data'));
    const clients = clientsOf(system);
    await clients.untilTaken(scaled(200));
    disk.fill();
    await clients.untilRefused(scaled(500));
    expect(Object.keys(countAnswers(clients.answers)).sort()).toEqual(['503 log-unavailable', 'taken']);
    expect(await (await fetch(`${system.service.urls[0]}/healthz`)).json()).toEqual({ status: 'ok' });
    await expect.poll(() => system.readiness(), { timeout: 30_000 }).toMatch(NO_ROOM);
    disk.makeRoom();
    await expectNothingLost('disk of the data folder full', system, clients);
  });

  // Making tables takes seconds of a processor.
  it.each(isWhole() ? atRestart : atRestart.slice(0, 1))(
    'starts again after SIGKILL, %s, shows what the log has, and goes on by itself',
    async (state, take) => {
      const { disk, system } = await startOnSmallDisk(join(folder, 'data'));
      const clients = clientsOf(system);
      await clients.untilTaken(scaled(200));
      disk.fill();
      await clients.untilRefused(scaled(100));
      await system.restart(() => {
        take(disk);
        disk.fill();
      });
      const before = clients.answers.length;
      const ask = (path: string) => askOnce(system.service, 0, { path });
      const [known] = (await witness.read()).acknowledged;
      expect((await ask(`/v1/events/${known?.eventId}`))?.status).toBe(200);
      expect(await ask('/v1/events')).toMatchObject({ status: 503, body: { code: 'read-database-unavailable' } });
      await expect.poll(() => system.readiness(), { timeout: 30_000 }).toMatch(NO_ROOM);
      await clients.untilRefused(scaled(500));
      const kinds = Object.keys(countAnswers(clients.answers.slice(before)));
      expect(kinds.filter((kind) => !['taken', '503 log-unavailable'].includes(kind))).toEqual([]);
      disk.makeRoom();
      await expectNothingLost(`disk of the data folder full at a start ${state}`, system, clients);
    },
  );

  it.skipIf(!isWhole())(
    'takes events while there is no room for the read tables, and shows them when there is',
    async () => {
      const { disk, system } = await startOnSmallDisk(join(folder, 'data', 'read-tables'));
      const clients = clientsOf(system);
      await clients.untilTaken(scaled(200));
      disk.fill();
      await clients.untilTaken(scaled(1_000));
      await expect.poll(() => system.readiness(), { timeout: 30_000 }).toMatch(NO_ROOM);
      disk.makeRoom();
      await expectNothingLost('disk of the read tables full', system, clients);
      expect(countAnswers(clients.answers)).toEqual({ taken: clients.answers.length });
    },
  );

  it.skipIf(!isWhole())(
    "opens the read tables again by itself when PostgreSQL's own log had no room and ended it",
    async () => {
      const { disk, system } = await startOnSmallDisk(join(folder, 'data', 'read-tables'));
      const clients = clientsOf(system, 200, randomBytes(900).toString('hex'));
      await clients.untilTaken(100);
      disk.fill(ROOM_FOR_TABLES_MIB);
      const giveUpAt = performance.now() + LONGEST_WAIT_MS;
      while (!NO_ROOM.test(await system.readiness())) {
        if (performance.now() > giveUpAt) throw new Error('The disk of the read tables does not get full');
        await clients.untilTaken(20);
      }
      disk.makeRoom();
      await expectNothingLost("disk of the read tables' own log full", system, clients);
      expect(countAnswers(clients.answers)).toEqual({ taken: clients.answers.length });
    },
  );
});
