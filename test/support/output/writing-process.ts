import { guardStandardStreams } from '../../../src/adapters/output/guard-standard-streams.ts';

// Started with a channel: writes as many lines to each of its streams as it is asked for, and answers with what was dropped.
const { standardOutput, standardError } = guardStandardStreams();
let lines = 0;
process.on('message', (count: number) => {
  for (let each = 0; each < count; each++, lines++) {
    console.log(`line ${lines} ${'.'.repeat(1_000)}`);
    process.stderr.write(`line ${lines} ${'.'.repeat(1_000)}\n`);
  }
  process.send?.({ output: standardOutput.dropped(), error: standardError.dropped() });
});
