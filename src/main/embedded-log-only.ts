import type { Config } from '../config/config.ts';
import { wrongSettings } from './cannot-start.ts';

/** For commands on the log's file. @throws {CannotStart} */
export function requireEmbeddedLog({ eventStoreUrl }: Config): void {
  if (eventStoreUrl !== null)
    throw wrongSettings([
      'EVENTSTORE_URL: the log is not in the data folder but in EventStoreDB, which has backups of its own (docs/full-profile.md)',
    ]);
}
