// For every process of the tests. V8 compiles what PGlite runs often a second time, with its optimizing compiler, on
// threads that an exit waits for: two thirds of the processor time of a database that lives for seconds.
const { setFlagsFromString } = require('node:v8');

for (const flag of ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag);
