import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWhole } from '../../support/faults/scale.ts';
import { faultsOf, type Server, servers } from '../../support/faults/special/faults-of-servers.ts';
import { type FaultySystem, startFaultySystem } from '../../support/faults/special/faulty-system.ts';
import { liveThrough } from '../../support/faults/special/live-through.ts';
import { missingForFullProfile } from '../../support/full-profile/full-profile.ts';

const missing = missingForFullProfile();
if (missing !== null) process.stdout.write(`skipped: servers that are away, because ${missing}\n`);

// Each server is one of a system of its own, one after the other: two cores have enough to do with one.
describe.skipIf(missing !== null || !isWhole()).for(Object.keys(servers) as Server[])(
  'in the middle of load, with a process of each role',
  { timeout: 600_000 },
  (server) => {
    let system: FaultySystem;
    beforeAll(async () => {
      system = await startFaultySystem();
    });
    afterAll(() => system.stop());

    const name = servers[server];
    const promise = server === 'log' ? 'has posts refused and costs no event' : 'disturbs no post and costs no event';
    for (const { that, ...fault } of faultsOf[server])
      it(`${name} that ${that} ${promise}`, async () => {
        const { during, breaches, ended } = await liveThrough(system, {
          ...fault,
          test: `${name} that ${that}`,
        });
        expect({ breaches, ended }).toEqual({ breaches: [], ended: [] });
        // Whatever is not taken has to be refused in so many words, and while its client still listens.
        const expected = server === 'log' ? ['taken', '503 log-unavailable'] : ['taken'];
        expect(Object.keys(during).filter((answer) => !expected.includes(answer))).toEqual([]);
      });
  },
);
