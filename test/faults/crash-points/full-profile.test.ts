import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type DyingRole, dyingRole } from '../../support/faults/crash-points/dying-role.ts';
import { startWitnessedTraffic, type WitnessedTraffic } from '../../support/faults/crash-points/witnessed-traffic.ts';
import { readHistories, readRows } from '../../support/faults/kill-loop/read-evidence.ts';
import { envOfLoad } from '../../support/faults/load/start-load.ts';
import { recordCounts } from '../../support/faults/record-counts.ts';
import { type FullProfile, missingForFullProfile, startFullProfile } from '../../support/full-profile/full-profile.ts';
import { type Role, roles } from '../../support/processes/role-process.ts';
import { type CrashOfRole, fullProfileCrashes } from './points.ts';

const TEST = 'crash points, full profile';
/** Odd, so that points before and after an act both have their turn. */
const PART_OF = 7;
const { seed, scale } = inject('faults');
const chosen = fullProfileCrashes(seed, scale === 1 ? 1 : PART_OF);
const missing = missingForFullProfile();
if (missing !== null) process.stdout.write(`skipped: ${TEST}, because ${missing}\n`);

describe.skipIf(missing !== null)('a process of each role with a crash point', { timeout: 590_000 }, () => {
  const deaths = new Map(chosen.map((crash) => [crash, Promise.withResolvers<NodeJS.Signals | null>()]));
  let folder = '';
  let profile: FullProfile;
  let traffic: WitnessedTraffic;
  let processes: Readonly<Record<Role, DyingRole>>;
  let dying: Promise<unknown>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eventops-crash-points-'));
    profile = await startFullProfile({});
    const env = { ...profile.env, ...envOfLoad(folder) };
    const made = await Promise.all(
      roles.map(async (role) => [role, await dyingRole({ role, profile, env, traffic: () => traffic })] as const),
    );
    processes = Object.fromEntries(made) as typeof processes;
    traffic = await startWitnessedTraffic({ urls: [processes.api.url], token: profile.token }, { folder, seed });
    dying = Promise.all(roles.map(dieInTurn));
    // Told by the death that did not come.
    for (const { promise } of deaths.values()) promise.catch(() => {});
  });
  afterAll(async () => {
    await Promise.all(Object.values(processes).map((each) => each.kill()));
    await profile.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Each role by itself, so that others live or die meanwhile. */
  const dieInTurn = async (role: Role) => {
    for (const [crash, death] of deaths)
      if (crash.role === role) await processes[role].dieAt(crash).then(death.resolve, death.reject);
    processes[role].live();
  };

  it.each(chosen)('kills itself: the $role at $point:$times', async (crash: CrashOfRole) => {
    expect(await deaths.get(crash)?.promise).toBe('SIGKILL');
  });

  it('keeps every guarantee', async () => {
    await dying;
    const { secondsToRest, ...witnessed } = await traffic.settle();
    const breaches = recordCounts({
      test: TEST,
      seed,
      kills: Object.fromEntries(
        roles.map((role) => [`${role}, at a crash point`, chosen.filter((crash) => crash.role === role).length]),
      ),
      evidence: {
        ...witnessed,
        histories: await readHistories(profile.env.EVENTSTORE_URL),
        rows: await readRows(profile.env.DATABASE_URL),
      },
      figures: {
        'crash points': new Set(chosen.map(({ point }) => point)).size,
        'seconds to rest': secondsToRest,
      },
    });
    expect(breaches).toEqual([]);
  });
});
