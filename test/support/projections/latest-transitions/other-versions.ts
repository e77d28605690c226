import { sql } from 'kysely';
import type { ReadModel } from '../../../../src/projections/read-model.ts';
import { latestTransitions } from './read-model.ts';

/** The next version: one more column, with how often there was something to write. */
export const latestTransitions2: ReadModel<string> = {
  ...latestTransitions,
  version: 2,
  createTables: (named) => [
    ...latestTransitions.createTables(named),
    sql`alter table ${named('latest_transitions')} add column if not exists is_new boolean not null default true`,
  ],
};

/** One that makes other rows of the same transitions, as a mistake would. */
export const latestTransitionsWithBug: ReadModel<string> = {
  ...latestTransitions,
  version: 2,
  decode: ({ type }) => (type === 'ProcessingSucceeded' ? 'ProcessingFailed' : type),
};
