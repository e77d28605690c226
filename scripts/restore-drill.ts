// What an operator does after the log was lost, in the full profile: `npm run drill`. On servers of its own, which it starts
// and stops: this project's server of EventStoreDB's protocol, and PostgreSQL. Exit code 1 when a step does not go as it should.
import { missingForDrill, runDrill } from './restore-drill/drill.ts';

const missing = missingForDrill();
if (missing !== null) {
  process.stderr.write(`The drill needs PostgreSQL: ${missing}\n`);
  process.exit(1);
}
try {
  await runDrill((line) => process.stdout.write(`${line}\n`));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
