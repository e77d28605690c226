import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EmbeddedBus } from '../../../../../src/adapters/embedded-bus/embedded-bus.ts';
import type { Metrics } from '../../../../../src/adapters/telemetry/metrics/metrics.ts';
import type { UseCases } from '../../../../../src/application/use-cases.ts';
import { readExposition, sumOf, valuesOf } from '../../../../support/metrics/exposition.ts';
import { hostileName, hostileNames } from '../../../../support/metrics/hostile-names.ts';
import { metricsOfAllParts } from '../../../../support/metrics/metrics-of-all-parts.ts';
import { metricsUnderTest } from '../../../../support/metrics/metrics-under-test.ts';

const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;
if (!hasPromtool) process.stdout.write('skipped: promtool on all metrics, because promtool is not installed\n');

/** What `promtool check metrics` finds. */
function lint(text: string): string {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  return status === 0 ? `${stdout}${stderr}` : `${status}: ${stdout}${stderr}`;
}

/** Attempts of events of these types failed with errors of these classes. */
async function recordFailures(metrics: Metrics, pairs: readonly (readonly [type: string, errorClass: string])[]) {
  let current = {};
  const failProcessing = async () => ({ ok: true, changed: true, current });
  const useCases = metrics.countedUseCases({ failProcessing } as unknown as UseCases);
  for (const [type, errorClass] of pairs) {
    const state = { received: { type }, status: 'FAILED', generation: 0, failure: { class: errorClass } };
    current = { state, createdAt: null };
    await useCases.failProcessing('id', { durationMs: 1 } as never, {} as never, {} as never);
  }
}

describe('the exposition', () => {
  it('can be read, whatever types, classes and methods are called, and has a bounded number of series', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(hostileName, hostileName), { maxLength: 300 }), async (pairs) => {
        const { metrics } = metricsUnderTest();
        const { requestAnswered } = metrics.requests();
        await recordFailures(metrics, pairs);
        for (const [method] of pairs) requestAnswered({ route: null, method, status: 404, durationMs: 1 });
        const samples = readExposition(await metrics.text());
        const labelsOf = (name: string, label: string) => Object.keys(valuesOf(samples, name, label)).length;
        expect(labelsOf('eventops_events_total', 'type')).toBeLessThanOrEqual(101);
        expect(labelsOf('eventops_failures_total', 'class')).toBeLessThanOrEqual(51);
        expect(labelsOf('eventops_http_request_duration_seconds_count', 'method')).toBeLessThanOrEqual(1);
        expect(sumOf(samples, 'eventops_failures_total')).toBe(pairs.length);
        expect(sumOf(samples, 'eventops_events_total', { status: 'failed' })).toBe(pairs.length);
        for (const label of samples.flatMap(({ labels }) => Object.values(labels)))
          expect(label).toMatch(/^[ -~\uFFFD]*…?$/);
      }),
      { numRuns: 30 },
    );
  });

  it.skipIf(!hasPromtool)(
    'with a sample of every metric and hostile names has nothing for promtool to find',
    async () => {
      const { metrics } = await metricsOfAllParts();
      await recordFailures(
        metrics,
        hostileNames.map((name) => [name, name]),
      );
      expect(lint(await metrics.text())).toBe('');
    },
  );

  it.skipIf(!hasPromtool)('is looked at by promtool, which finds a gauge that is named like a counter', () => {
    expect(lint('# HELP a_total A.\n# TYPE a_total gauge\na_total 1\n')).toContain('a_total');
  });

  it('shows a method that is none as other, and no route as none', async () => {
    const { metrics, samples } = metricsUnderTest();
    const { requestAnswered } = metrics.requests();
    requestAnswered({ route: '/v1/events/:id', method: 'GET', status: 200, durationMs: 20 });
    requestAnswered({ route: null, method: 'BREW', status: 405, durationMs: 1 });
    const counts = (await samples()).filter(({ name }) => name === 'eventops_http_request_duration_seconds_count');
    expect(counts.map(({ labels }) => labels)).toEqual([
      { route: '/v1/events/:id', method: 'GET', status: '200' },
      { route: 'none', method: 'other', status: '405' },
    ]);
  });

  it('says what runs', async () => {
    const info = (await metricsUnderTest().samples()).find(({ name }) => name === 'eventops_build_info');
    expect(info).toMatchObject({ value: 1, labels: { version: '1.2.3', node: process.version } });
  });

  it('is of what is there: a process without a bus shows nothing of one', async () => {
    const { metrics, samples } = metricsUnderTest();
    const names = async () => new Set((await samples()).map(({ name }) => name));
    expect(await names()).not.toContain('eventops_commands_in_hand');
    metrics.measuredBus(new EmbeddedBus(), null);
    expect(await names()).toContain('eventops_commands_in_hand');
  });
});
