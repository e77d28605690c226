import { expect, it } from 'vitest';
import { createRepeatingReport, repeatingReportLimits } from '../../../src/application/repeating-report.ts';
import { manualClock } from '../../support/api/manual-clock.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';

const { repeatAfterMs, overAfterMs, kinds } = repeatingReportLimits;

function setUp() {
  const clock = manualClock();
  const logger = createRecordingLogger();
  const { lines } = logger;
  const report = createRepeatingReport({ logger, clock });
  const occurs = (about = 'GET /a', kind = 'log-unavailable') =>
    report.occurred({ about, kind, level: 'error', fields: { err: new Error('away'), about }, message: 'failed' });
  return { clock, lines, report, occurs };
}

it('what occurs ten thousand times in a minute is one line, with its stack', () => {
  const { lines, occurs } = setUp();
  for (let times = 0; times < 10_000; times++) occurs();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: 'error', message: 'failed', fields: { err: expect.any(Error) } });
});

it('what goes on is one line a minute, with a count and without a stack', () => {
  const { clock, lines, occurs } = setUp();
  for (let second = 0; second <= 150; second++) {
    occurs();
    clock.advance(1_000);
  }
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatchObject({ message: 'failed; it goes on', fields: { occurrences: 60 } });
  expect(lines[1]?.fields).not.toHaveProperty('err');
});

it('what is over is one line, once it has not occurred for a while', () => {
  const { clock, lines, report, occurs } = setUp();
  occurs();
  occurs();
  report.wentWell('GET /a');
  expect(lines).toHaveLength(1);
  clock.advance(overAfterMs);
  report.wentWell('GET /b');
  expect(lines).toHaveLength(1);
  report.wentWell('GET /a');
  expect(lines[1]).toMatchObject({ level: 'info', message: 'over: failed', fields: { occurrences: 2 } });
  occurs();
  expect(lines).toHaveLength(3);
});

it('what comes and goes is no more lines than what goes on', () => {
  const { clock, lines, report, occurs } = setUp();
  for (let times = 0; times < 1_000; times++) {
    occurs();
    report.wentWell('GET /a');
    clock.advance(50);
  }
  expect(lines).toHaveLength(1);
});

it('what differs is told apart, up to a bound', () => {
  const { lines, occurs } = setUp();
  for (let kind = 0; kind < kinds * 10; kind++) occurs('GET /a', `${kind}`);
  expect(lines).toHaveLength(kinds + 1);
});

it('a clock that is set back delays no line', () => {
  const { clock, lines, occurs } = setUp();
  occurs();
  clock.advance(-repeatAfterMs * 60);
  occurs();
  expect(lines).toHaveLength(2);
});
