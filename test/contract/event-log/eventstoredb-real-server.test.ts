import { afterAll, describe, it } from 'vitest';
import { findRealServer, realServerHarness } from '../../support/event-log/eventstoredb/real-server.ts';
import { describeEventLog } from './suite.ts';

const server = await findRealServer();

if ('missing' in server) {
  console.info(`skipped: the event log's contract on a real EventStoreDB, because ${server.missing}`);
  describe('the event log: EventStoreDB adapter and a real server', () => {
    it.skip(`skipped: ${server.missing}`, () => {});
  });
} else {
  afterAll(() => server.stop());
  describeEventLog('EventStoreDB adapter and a real server', realServerHarness(server.url));
}
