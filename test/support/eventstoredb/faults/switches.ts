import type { Connections } from '../connections.ts';
import type { ServerContext } from '../rpc/server-context.ts';
import type { Faults } from './fault.ts';

/** The switches, on the server itself. */
export function switchesOf({ database, faults, subscriptions }: ServerContext, connections: Connections): Faults {
  return {
    set: async (fault) => {
      faults.set(fault);
      if (fault.fault === 'black-hole') connections.setBlackHole(true);
    },
    lift: async (fault) => {
      faults.lift(fault);
      if (fault === undefined || fault === 'black-hole') connections.setBlackHole(false);
    },
    struck: (fault, times = 1) => faults.struck(fault, times),
    endSubscriptions: async (how = 'complete') => subscriptions.endAll(how),
    subscribed: (count) => subscriptions.opened(count),
    dropConnections: async () => connections.drop(),
    backup: async () => database.end,
    restore: async (backup) => {
      if (!Number.isInteger(backup) || backup < 0 || backup > database.end) {
        throw new Error(`${backup} is no place of this log, which ends at ${database.end}`);
      }
      connections.drop();
      await database.rewind(backup);
    },
  };
}
