interface TestFile {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
}

/** As much of vitest's JSON report as is counted. */
export interface TestReport {
  readonly testResults: readonly TestFile[];
}

export interface Summary {
  readonly failed: number;
  /** For a reader of the log; the last line is the count. */
  readonly lines: readonly string[];
}

/**
 * The outcome of a run, `null` when it left no report. The report does not know everything: a file that could not be
 * loaded has no tests, and an unhandled rejection shows in the exit code alone. Each such thing counts as a failure.
 */
export function summarise(
  report: TestReport | null,
  { testsExitCode, checkExitCode }: { readonly testsExitCode: number; readonly checkExitCode: number },
): Summary {
  const files = report?.testResults ?? [];
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed');
  const failed = tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
  for (const { name, status, message, assertionResults } of files)
    if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed'))
      failed.push(`${name}: ${message || 'did not finish'}`);
  if (report === null) failed.push(`the tests left no report and ended with ${testsExitCode}`);
  else if (tests.length === 0) failed.push('no test was found');
  else if (testsExitCode !== 0 && failed.length === 0)
    failed.push(`the tests ended with ${testsExitCode} although none of them failed: see above`);
  if (checkExitCode !== 0) failed.push(`npm run check ended with ${checkExitCode}`);
  return {
    failed: failed.length,
    lines: [
      ...skipped.map(({ fullName }) => `skipped: ${fullName}`),
      ...failed.map((what) => `failed: ${what}`),
      `${passed.length} passed, ${failed.length} failed${skipped.length === 0 ? '' : `, ${skipped.length} skipped`}`,
    ],
  };
}
