import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEventStoreDbLog } from '../../../src/adapters/eventstoredb/open-event-store-db-log.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import { streamOf } from '../../../src/application/event-identity.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import { readModels } from '../../../src/projections/index.ts';
import { projectionNameOf } from '../../../src/projections/projection-states.ts';
import {
  createMachineClock,
  type MachineClock,
  whyNoMachineClock,
} from '../../support/faults/special/machine-clock.ts';
import { type FullProfile, missingForFullProfile, startFullProfile } from '../../support/full-profile/full-profile.ts';
import { findBreaches } from '../../support/guarantees/find-breaches.ts';
import { readAllHistories } from '../../support/guarantees/read-histories.ts';
import { untilEnded } from '../../support/guarantees/until-ended.ts';
import { readExposition, sumOf, valuesOf } from '../../support/metrics/exposition.ts';
import { postAll } from '../../support/processes/post-all.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

const scraped = async (monitoringUrl: string) => readExposition(await (await fetch(`${monitoringUrl}/metrics`)).text());

const missing = missingForFullProfile() ?? whyNoMachineClock();
if (missing !== null) process.stdout.write(`skipped: clocks that differ, because ${missing}\n`);

const handlersFile = fileURLToPath(new URL('../../support/full-profile/stumbling.config.ts', import.meta.url));
const EVENTS = 5;
/** The sweep asks again after twice that for what nobody began, so who began sooner was not asked in vain. */
const MOST_LATE_MS = 15_000;

describe.skipIf(missing !== null)('a worker whose clock differs from that of all others', { timeout: 120_000 }, () => {
  let folder: string;
  let clock: MachineClock;
  let profile: FullProfile;
  let log: EventLog;
  let posted = 0;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eventops-skew-'));
    clock = createMachineClock(join(folder, 'clock'));
    profile = await startFullProfile(
      { api: 1, projector: 1, dispatcher: 1, worker: 1 },
      { handlersFile, envOf: (role) => (role === 'worker' ? {} : clock.env) },
    );
    const place = { clock: systemClock, random: systemRandom, logger: silentLogger };
    log = openEventStoreDbLog({ url: profile.log().url, ...place });
  }, 120_000);
  afterAll(async () => {
    await log?.close();
    await profile?.stop();
    rmSync(folder, { recursive: true });
  });

  const historyOf = async (id: string) =>
    (await log.readStream(streamOf(id))).map(({ type, recordedAt, data }) => ({
      ...{ type, recordedAt: Date.parse(recordedAt) },
      dueAt: Date.parse((JSON.parse(data) as { readonly dueAt?: string }).dueAt ?? ''),
    }));

  it.each([
    [200, 4_000],
    [200, -4_000],
    [2_000, 5_000],
    [2_000, -5_000],
  ])('begins a retry within %i ms when it is due, with theirs off by %i ms', async (mostMs, ms) => {
    clock.wrongBy(ms);
    const posts = Array.from({ length: EVENTS }, (_, index) => ({
      key: `${ms}-${index}`,
      type: `stumbles-${mostMs}`,
    }));
    const ids = await postAll({ url: profile.apiUrls()[0] ?? '', token: profile.token }, posts);
    posted += EVENTS;
    await untilEnded(log, posted);
    for (const id of ids.values()) {
      const [received, first, , scheduled, second, last] = await historyOf(id);
      expect(last?.type).toBe('ProcessingSucceeded');
      // Or the clocks did not differ.
      const apartMs = (received?.recordedAt ?? 0) - (first?.recordedAt ?? 0);
      expect(Math.sign(apartMs)).toBe(Math.sign(ms));
      const lateMs = (second?.recordedAt ?? Number.NaN) - (scheduled?.dueAt ?? Number.NaN);
      expect(lateMs).toBeGreaterThanOrEqual(0);
      expect(lateMs).toBeLessThan(MOST_LATE_MS);
    }
  });

  it('leaves metrics that agree with the log, of all processes together, and none below zero', async () => {
    const shown = await Promise.all(profile.processes().map(({ monitoringUrl }) => scraped(monitoringUrl)));
    const all = shown.flat();
    const steps = ['received', 'failed', 'retried', 'processed', 'dead', 'interrupted'];
    expect(steps.map((status) => sumOf(all, 'eventops_events_total', { status }))).toEqual([
      ...[posted, posted, posted, posted],
      ...[0, 0],
    ]);
    expect(sumOf(all, 'eventops_attempt_wait_seconds_count')).toBe(2 * posted);
    expect(sumOf(all, 'eventops_end_to_end_seconds_count', { outcome: 'processed' })).toBe(posted);
    const below = all.filter(({ name, value }) => name.startsWith('eventops_') && value < 0);
    expect(below).toEqual([]);
    for (const lease of ['projection:events', 'dispatcher', 'due-work-sweep'])
      expect(sumOf(all, 'eventops_lease_owner', { lease }), lease).toBe(1);
  });

  it('leaves no lag once everything is handled, as each process with the read tables sees it', async () => {
    const subscribers = [...readModels.map((readModel) => projectionNameOf(readModel)), 'dispatcher'];
    const none = Object.fromEntries(subscribers.map((name) => [name, 0]));
    for (const { role, monitoringUrl } of profile.processes().filter((process) => process.role !== 'worker')) {
      const lags = async () => valuesOf(await scraped(monitoringUrl), 'eventops_lag_seconds', 'subscriber');
      let found = await lags();
      while (Object.values(found).some((seconds) => seconds !== 0)) found = await lags();
      expect(found, role).toEqual(none);
    }
  });

  it('leaves histories that keep every promise', async () => {
    expect(findBreaches({ acknowledged: [], histories: await readAllHistories(log), rows: null })).toEqual([]);
  });
});
