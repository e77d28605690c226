import pg from 'pg';
import { createReopening } from '../../../src/adapters/postgres/embedded-reopening.ts';
import { ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import type { Life } from './life.ts';
import { limitsOf } from './limits.ts';
import { type Answers, meddling } from './meddling.ts';
import type { Call } from './scenario.ts';
import type { World } from './world.ts';

/** About as long as PGlite takes. */
const REOPENING_MS = 1_000;

/**
 * As {@link meddling}, for an embedded read database that may come to refuse everything, as PGlite does after a file that
 * could not be made: only opening its files again helps.
 */
export function unlessStuck(world: World, life: Life) {
  const meddle = meddling(world, life);
  const reopening = createReopening(
    limitsOf(world.scenario, 'reopening'),
    () => {
      world.tell(() => `${life.slot}: opens the read tables again`);
      void world.time.sleep(REOPENING_MS).then(() => {
        world.areTablesStuck = false;
      });
    },
    () => world.time.passed(),
  );
  return <Args extends readonly unknown[], Result>(
    call: Call,
    act: (...args: Args) => Promise<Result>,
    answers: Answers<Result> | null,
  ) =>
    meddle(
      call,
      async (...args: Args) => {
        if (!world.areTablesStuck) return act(...args);
        const refusal = new pg.DatabaseError('could not create file: File exists', 0, 'error');
        refusal.code = '58P02';
        reopening.failed(refusal);
        throw new ReadDatabaseUnavailable(refusal.message);
      },
      answers,
    );
}
