import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { faultsOf, type Server, servers } from '../../support/faults/special/faults-of-servers.ts';
import { type FaultySystem, startFaultySystem } from '../../support/faults/special/faulty-system.ts';
import { liveThrough } from '../../support/faults/special/live-through.ts';
import { missingForFullProfile } from '../../support/full-profile/full-profile.ts';

const missing = missingForFullProfile();
if (missing !== null) process.stdout.write(`skipped: servers that are away, because ${missing}\n`);

const { scale } = inject('faults');
/** Each fault lasts at least so long. */
const SHORTEST_MS = 3_000;

// Each server is one of a system of its own, and all at once, because most of it is waiting.
describe.skipIf(missing !== null).for(Object.keys(servers) as Server[])(
  'in the middle of load, with a process of each role',
  { concurrent: true, timeout: 600_000 },
  (server) => {
    let system: FaultySystem;
    beforeAll(async () => {
      system = await startFaultySystem();
    });
    afterAll(() => system.stop());

    const name = servers[server];
    const promise = server === 'log' ? 'has posts refused and costs no event' : 'disturbs no post and costs no event';
    for (const { that, isWorthAPart, ...fault } of faultsOf[server])
      it.skipIf(scale < 1 && !isWorthAPart)(`${name} that ${that} ${promise}`, { concurrent: false }, async () => {
        const lastsMs = Math.max(SHORTEST_MS, fault.lastsMs * scale);
        const { during, breaches, ended } = await liveThrough(system, {
          ...fault,
          test: `${name} that ${that}`,
          lastsMs,
        });
        expect({ breaches, ended }).toEqual({ breaches: [], ended: [] });
        // Whatever is not taken has to be refused in so many words, and while its client still listens.
        const expected = server === 'log' ? ['taken', '503 log-unavailable'] : ['taken'];
        expect(Object.keys(during).filter((answer) => !expected.includes(answer))).toEqual([]);
      });
  },
);
