/** What the tests of a configuration import: `eventops/testing`. */
export type { TestLine } from './recorded-log.ts';
export { runHandler, type TestEvent, type TestOutcome } from './run-handler.ts';
export { startTestSystem, type TestSystem, type TestSystemOptions } from './start-test-system.ts';
export type { EventAsPosted, EventAsSeen, TransitionAsSeen } from './test-client.ts';
