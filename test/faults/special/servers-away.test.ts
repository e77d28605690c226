import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type FaultySystem, startFaultySystem } from '../../support/faults/special/faulty-system.ts';
import { type Aftermath, liveThrough } from '../../support/faults/special/live-through.ts';
import { missingForFullProfile } from '../../support/full-profile/full-profile.ts';

const missing = missingForFullProfile();
if (missing !== null) process.stdout.write(`skipped: servers that are away, because ${missing}\n`);
/** At least so long that every part has noticed. */
const partOf = (fullMs: number) => Math.max(3_000, fullMs * inject('faults').scale);
const timeout = 300_000;

const untouched: Omit<Aftermath, 'during'> = { breaches: [], ended: [] };
const onlyTaken = { taken: expect.any(Number) };
/** Each attempt got an answer, and what was not taken was refused as it has to be. */
const takenOrRefused = (during: Aftermath['during']) =>
  Object.keys(during).filter((kind) => kind !== 'taken' && kind !== '503 log-unavailable');

/** Three systems at once: most of it is waiting. */
describe.skipIf(missing !== null)('a server that is away in the middle of load', () => {
  describe('RabbitMQ', { concurrent: true, timeout }, () => {
    let system: FaultySystem;
    beforeAll(async () => {
      system = await startFaultySystem();
    });
    afterAll(() => system.stop());

    it('that is stopped for 30 s disturbs no ingest and costs no event', { concurrent: false }, async () => {
      const { rabbitMq } = system.servers;
      const { during, ...rest } = await liveThrough(system, {
        test: 'RabbitMQ stopped',
        begin: () => rabbitMq.stop(),
        lastsMs: partOf(30_000),
        end: () => rabbitMq.start(),
      });
      expect(rest).toEqual(untouched);
      expect(during).toEqual(onlyTaken);
    });
  });

  describe('PostgreSQL', { concurrent: true, timeout }, () => {
    let system: FaultySystem;
    beforeAll(async () => {
      system = await startFaultySystem();
    });
    afterAll(() => system.stop());

    it('that is stopped for 30 s disturbs no ingest and costs no event', { concurrent: false }, async () => {
      const { postgres } = system.servers;
      const { during, ...rest } = await liveThrough(system, {
        test: 'PostgreSQL stopped',
        begin: () => postgres.stop(),
        lastsMs: partOf(30_000),
        end: () => postgres.start(),
      });
      expect(rest).toEqual(untouched);
      expect(during).toEqual(onlyTaken);
    });
  });

  describe('the log', { concurrent: true, timeout }, () => {
    let system: FaultySystem;
    beforeAll(async () => {
      system = await startFaultySystem();
    });
    afterAll(() => system.stop());

    it('that is stopped for 30 s has posts refused and costs no event', { concurrent: false }, async () => {
      const { log } = system.servers;
      const { during, ...rest } = await liveThrough(system, {
        test: 'log stopped',
        begin: () => log.stop(),
        lastsMs: partOf(30_000),
        end: () => log.start(),
      });
      expect(rest).toEqual(untouched);
      expect(takenOrRefused(during)).toEqual([]);
    });
  });
});
