import { describe, expect, it } from 'vitest';
import { summarise, type TestReport } from '../../../scripts/test-summary.ts';

const fine = { testsExitCode: 0, checkExitCode: 0 };
const file = (name: string, tests: Readonly<Record<string, string>>, status = 'passed', message = '') => ({
  name,
  status,
  message,
  assertionResults: Object.entries(tests).map(([fullName, each]) => ({ fullName, status: each })),
});
const report = (...testResults: TestReport['testResults']) => ({ testResults });

describe('the summary of a test run', () => {
  it('counts over all files', () => {
    const green = report(file('a', { one: 'passed', two: 'passed' }), file('b', { three: 'passed' }));
    expect(summarise(green, fine)).toEqual({ failed: 0, lines: ['3 passed, 0 failed'] });
  });

  it('names what was skipped and what failed', () => {
    const mixed = report(
      file('a', { one: 'passed', two: 'skipped', three: 'todo', four: 'pending' }),
      file('b', { five: 'failed' }, 'failed'),
    );
    expect(summarise(mixed, { ...fine, testsExitCode: 1 })).toEqual({
      failed: 1,
      lines: ['skipped: two', 'skipped: three', 'skipped: four', 'failed: five', '1 passed, 1 failed, 3 skipped'],
    });
  });

  it('counts a file that could not be loaded, or did not finish', () => {
    const broken = report(
      file('a', { one: 'passed' }),
      file('b', {}, 'failed', 'Cannot find module'),
      file('c', { two: 'skipped' }, 'failed'),
    );
    expect(summarise(broken, { ...fine, testsExitCode: 1 })).toEqual({
      failed: 2,
      lines: [
        'skipped: two',
        'failed: b: Cannot find module',
        'failed: c: did not finish',
        '1 passed, 2 failed, 1 skipped',
      ],
    });
  });

  it('counts what only the exit code shows, such as an unhandled rejection', () => {
    const { failed, lines } = summarise(report(file('a', { one: 'passed' })), { ...fine, testsExitCode: 1 });
    expect(failed).toBe(1);
    expect(lines.at(-1)).toBe('1 passed, 1 failed');
  });

  it('counts checks that failed', () => {
    const { lines } = summarise(report(file('a', { one: 'passed' })), { ...fine, checkExitCode: 1 });
    expect(lines).toEqual(['failed: npm run check ended with 1', '1 passed, 1 failed']);
  });

  it.each([null, report()])('does not take a run without tests for a good one: %j', (nothing) => {
    const { failed, lines } = summarise(nothing, fine);
    expect(failed).toBe(1);
    expect(lines.at(-1)).toBe('0 passed, 1 failed');
  });
});
