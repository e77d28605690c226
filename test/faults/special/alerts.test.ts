import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runbookOf } from '../../../scripts/alerts/alert.ts';
import { alerts } from '../../../scripts/alerts/alerts.ts';
import { MINUTE, usualPace } from '../../../scripts/alerts/pace.ts';
import { boards } from '../../../scripts/dashboards/boards.ts';
import { inTime } from '../../support/faults/in-time.ts';
import { isWhole } from '../../support/faults/scale.ts';
import { runDemo } from '../../support/observability/run-demo.ts';
import { runFirstCommand } from '../../support/observability/run-first-commands.ts';
import { readRunbook } from '../../support/observability/runbook.ts';
import {
  missingForWatchedSystem,
  pace,
  startWatchedSystem,
  type WatchedSystem,
} from '../../support/observability/watched-system.ts';
import type { Role } from '../../support/processes/role-process.ts';

const missing = isWhole() ? missingForWatchedSystem() : 'npm run test:faults has it';
if (missing !== null) process.stdout.write(`skipped: alerts of a running system, because ${missing}\n`);

interface Outage {
  readonly what: string;
  /** Without EventOps before it. */
  readonly alert: string;
  readonly begin: (watched: WatchedSystem) => Promise<void>;
  readonly end: (watched: WatchedSystem) => Promise<void>;
}

/** Killed at the beginning, and another one is started at the end. */
function processOf(role: Role): Pick<Outage, 'begin' | 'end'> {
  const isOver = Promise.withResolvers<void>();
  let replaced: Promise<void> = Promise.resolve();
  return {
    begin: ({ system }) =>
      new Promise((killed, failed) => {
        const one = system.processes().find((each) => each.role === role);
        if (one === undefined) throw new Error(`No ${role} runs`);
        replaced = system.replace(one, () => {
          killed();
          return isOver.promise;
        });
        replaced.catch(failed);
      }),
    end: () => {
      isOver.resolve();
      return replaced;
    },
  };
}

const outages: readonly Outage[] = [
  {
    what: 'what a handler calls',
    alert: 'TypeFailing',
    begin: ({ downstream }) => downstream.stop(),
    end: ({ downstream }) => downstream.start(),
  },
  { what: 'the only projector', alert: 'NoProgress', ...processOf('projector') },
  { what: 'the only dispatcher', alert: 'NoProgress', ...processOf('dispatcher') },
  { what: 'the only worker', alert: 'WorkNotTaken', ...processOf('worker') },
  { what: 'the only API', alert: 'NoApi', ...processOf('api') },
  {
    what: 'RabbitMQ',
    alert: 'BrokerUnavailable',
    begin: ({ system }) => system.rabbitMq.kill(),
    end: ({ system }) => system.rabbitMq.start(),
  },
  {
    what: 'PostgreSQL',
    alert: 'ReadDatabaseUnavailable',
    begin: ({ system }) => system.postgres.kill(),
    end: ({ system }) => system.postgres.start(),
  },
  {
    what: 'the log',
    alert: 'LogUnavailable',
    begin: ({ system }) => system.log().kill(),
    end: ({ system }) => system.restartLog(),
  },
];

const MOST_MS = 120_000;

describe.skipIf(missing !== null)('a system that Prometheus watches', { timeout: 300_000 }, () => {
  let watched: WatchedSystem;
  beforeAll(async () => {
    watched = await startWatchedSystem();
  });
  afterAll(() => watched?.stop());

  /** Since the moment, alerts that fired at any time. */
  const firedSince = async (began: number) => {
    const seconds = Math.ceil((Date.now() - began) / 1_000);
    const found = await watched.prometheus.ask(
      `group by (alertname) (max_over_time(ALERTS{alertstate="firing"}[${seconds}s]))`,
    );
    return found.map(({ metric }) => metric['alertname']);
  };
  const isQuiet = '(absent(ALERTS) == 1)';

  it('has data for every query of every dashboard after a run of the demo', async () => {
    expect(await runDemo(watched.system)).toMatch(/\d+ events in /);
    // Its last outcomes are scraped by then, and rates have two samples.
    await watched.prometheus.untilLater(3);
    const without: string[] = [];
    for (const { title, panels } of boards)
      for (const { title: panel, queries } of panels)
        for (const { expr } of queries) {
          const samples = await watched.prometheus.ask(expr);
          if (!samples.some(({ value: [, value] }) => Number.isFinite(Number(value))))
            without.push(`${title}, ${panel}: ${expr}`);
        }
    expect(without).toEqual([]);
  });

  it('has retries and several failure reasons among them', async () => {
    const retried = boards.flatMap(({ panels }) => panels).find(({ title }) => title === 'Retry rate');
    const [rate] = await watched.prometheus.ask(retried?.queries[0]?.expr ?? '');
    expect(Number(rate?.value[1])).toBeGreaterThan(0);
    const reasons = boards.flatMap(({ panels }) => panels).find(({ title }) => title === 'Failure reasons');
    expect((await watched.prometheus.ask(reasons?.queries[0]?.expr ?? '')).length).toBeGreaterThan(1);
  });

  it('answers the first commands of every runbook', async () => {
    const all = new Set(alerts(usualPace).flatMap((alert) => readRunbook(runbookOf(alert)).firstCommands));
    const failed: string[] = [];
    for (const command of all) {
      const printed = await runFirstCommand(command, watched).catch((error: Error) => error.message);
      const isAnswer = !command.startsWith('curl') || /^\{"(status":"(success|ready|ok)"|items")/.test(printed);
      if (!isAnswer) failed.push(`${command}: ${printed}`);
    }
    expect(failed).toEqual([]);
  });

  describe('while clients post and read', () => {
    beforeAll(() => watched.startTraffic());

    it('is quiet while all is well', async () => {
      const began = Date.now();
      await watched.prometheus.untilLater(pace.seconds(5 * MINUTE));
      expect(await firedSince(began)).toEqual([]);
    });

    for (const { what, alert, begin, end } of outages)
      it(`fires ${alert} and nothing else when ${what} is killed`, async () => {
        const { prometheus } = watched;
        await inTime('no alert from before', MOST_MS, prometheus.until(isQuiet));
        const began = Date.now();
        await begin(watched);
        await inTime(alert, MOST_MS, prometheus.until(`ALERTS{alertname="EventOps${alert}", alertstate="firing"}`));
        await prometheus.untilLater(pace.seconds(2 * MINUTE));
        await end(watched);
        await inTime('the end of the alert', MOST_MS, prometheus.until(isQuiet));
        expect(await firedSince(began)).toEqual([`EventOps${alert}`]);
      });
  });
});
