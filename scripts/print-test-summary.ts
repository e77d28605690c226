import { existsSync, readFileSync } from 'node:fs';
import { summarise, type TestReport } from './test-summary.ts';

const [path = '', testsExitCode, checkExitCode] = process.argv.slice(2);
const report: TestReport | null = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
const { failed, lines } = summarise(report, {
  testsExitCode: Number(testsExitCode),
  checkExitCode: Number(checkExitCode),
});
console.log(lines.join('\n'));
process.exitCode = failed === 0 ? 0 : 1;
