import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { alerts } from '../../../scripts/alerts/alerts.ts';
import { usualPace } from '../../../scripts/alerts/pace.ts';
import { type AlertCase, alertCases, healthy } from '../../support/observability/alert-cases.ts';
import { findPrometheus } from '../../support/observability/find-prometheus.ts';
import { promtool } from '../../support/observability/promtool.ts';
import { counter, INTERVAL_SECONDS } from '../../support/observability/series.ts';

const here = findPrometheus();
if (!here.found) process.stdout.write(`skipped: tests of Prometheus' rules, because ${here.why}\n`);
const binaries = here.found ? here.binaries : '';

const infra = (file: string) => fileURLToPath(new URL(`../../../infra/prometheus/${file}`, import.meta.url));

/** Which alerts fire at a moment. Each counts once, however many series it has. */
const firing = (atMinute: number, names: readonly string[]) => ({
  expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
  eval_time: `${atMinute}m`,
  exp_samples: names.map((name) => ({ labels: `{alertname="EventOps${name}"}`, value: 1 })),
});

/** @throws with what was expected, and what fires instead. */
function hold(name: string, series: Readonly<Record<string, string>>, moments: readonly ReturnType<typeof firing>[]) {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-rules-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'rules.test.yml');
  const interval = `${INTERVAL_SECONDS}s`;
  const input = Object.entries(series).map(([each, values]) => ({ series: each, values }));
  writeFileSync(
    file,
    stringify({
      ...{ rule_files: [infra('rules.yml')], evaluation_interval: interval },
      tests: [{ name, interval, input_series: input, promql_expr_test: moments }],
    }),
  );
  promtool(binaries, 'test', 'rules', file);
}

describe.skipIf(!here.found)('the rules', () => {
  it('are rules to Prometheus, and its configuration is one', () => {
    expect(promtool(binaries, 'check', 'config', '--lint=all', '--lint-fatal', infra('prometheus.yml'))).toContain(
      'SUCCESS',
    );
  });

  it('fire for nothing in a healthy system', () => {
    hold('healthy', healthy(60), [firing(15, []), firing(59, [])]);
  });

  it('fire for nothing while a process that starts or waits for a server is not ready', () => {
    const asked = 'eventops_http_request_duration_seconds_count{method="GET", route="/readyz", status="503"}';
    hold('not ready', { ...healthy(90), [asked]: counter([90, 12]) }, [firing(15, []), firing(89, [])]);
  });

  it.each(alertCases)('fire $alert and nothing else while $when, and resolve it afterwards', (each: AlertCase) => {
    const { when, alert, series, firesAtMinute, minutes } = each;
    hold(when, series, [firing(9, []), firing(firesAtMinute, [alert]), firing(minutes - 1, [])]);
  });

  it('are each shown to fire', () => {
    const shown = new Set(alertCases.map(({ alert }) => alert));
    expect(alerts(usualPace).filter(({ name }) => !shown.has(name))).toEqual([]);
  });
});
