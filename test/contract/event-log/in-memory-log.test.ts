import { createInMemoryLog } from '../../support/in-memory-log.ts';
import type { LogPlace } from './harness.ts';
import { describeEventLog } from './suite.ts';

const hasNone = 'the log of unit tests and of the simulation has no server, file or process that it could happen to';

async function createPlace(): Promise<LogPlace> {
  const log = createInMemoryLog();
  return {
    async open() {
      log.reopen();
      return log;
    },
    destroy: () => log.close(),
    async backUp() {
      const kept = log.all.length;
      return async () => log.restore(kept);
    },
  };
}

describeEventLog('in memory', {
  createPlace,
  lacks: {
    kill: hasNone,
    silence: hasNone,
    interruptions: hasNone,
    connection: hasNone,
    failures: hasNone,
    users: hasNone,
  },
});
