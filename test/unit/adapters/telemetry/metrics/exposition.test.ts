import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EmbeddedBus } from '../../../../../src/adapters/embedded-bus/embedded-bus.ts';
import { createUseCases } from '../../../../../src/application/use-cases.ts';
import { createInMemoryLog } from '../../../../support/in-memory-log.ts';
import { readExposition, valuesOf } from '../../../../support/metrics/exposition.ts';
import { metricsOfAllParts } from '../../../../support/metrics/metrics-of-all-parts.ts';
import { metricsUnderTest } from '../../../../support/metrics/metrics-under-test.ts';
import { byClient, posted } from '../../../../support/worker/posting.ts';

const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;
if (!hasPromtool) process.stdout.write('skipped: promtool on all metrics, because promtool is not installed\n');

/** What `promtool check metrics` finds. */
function lint(text: string): string {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  return status === 0 ? `${stdout}${stderr}` : `${status}: ${stdout}${stderr}`;
}

/** Names as a hostile or a foreign writer may have them. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.stringMatching(/^["\\\n{},=:\r\u0000-\u001f\u0085\u2028\u202e]*$/),
  fc.constantFrom('other', '__proto__', 'constructor', 'a"} 1\nevil 2', 'x,type:y', '\ud800', '\udc00'),
);

describe('the exposition', () => {
  it('can be read, whatever types and classes are called, and has a bounded number of series', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(hostile, hostile), { maxLength: 300 }), async (pairs) => {
        const { metrics } = metricsUnderTest();
        const log = createInMemoryLog();
        const clock = { now: () => 0, sleep: async () => {} };
        const random = { uuid: () => crypto.randomUUID(), fraction: () => 0 };
        const useCases = metrics.countedUseCases(createUseCases({ log, clock, random }));
        for (const [index, [type, source]] of pairs.entries())
          await useCases.receiveEvent({ ...posted(`${index}`, { type }), source }, byClient).catch(() => {});
        metrics
          .requests()
          .requestAnswered({ route: null, method: pairs[0]?.[0] ?? 'BREW', status: 404, durationMs: 1 });
        const samples = readExposition(await metrics.text());
        const types = Object.keys(valuesOf(samples, 'eventops_events_total', 'type'));
        expect(types.length).toBeLessThanOrEqual(101);
        for (const label of samples.flatMap(({ labels }) => Object.values(labels)))
          expect(label).not.toMatch(/[\p{Cc}\p{Cs}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 20 },
    );
  });

  it.skipIf(!hasPromtool)(
    'has nothing for promtool to find, with a sample of every metric and hostile names',
    async () => {
      const { metrics, useCases } = await metricsOfAllParts();
      for (const [index, type] of ['a"} 1\nevil 2', '\ud800', '\udc00', 'x\\', '\u202e'].entries())
        await useCases.receiveEvent(posted(`${index}`, { type }), byClient);
      expect(lint(await metrics.text())).toBe('');
    },
  );

  it.skipIf(!hasPromtool)('is looked at by promtool: it finds a gauge that is named like a counter', () => {
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
