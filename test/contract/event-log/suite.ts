import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import { type Clause, createContext, isFullSize } from './clause.ts';
import { newStreams } from './clauses/01-new-stream.ts';
import { expectedRevisions } from './clauses/02-expected-revision.ts';
import { retries } from './clauses/03-retries.ts';
import { lateRetries } from './clauses/04-late-retries.ts';
import { partlyKnown } from './clauses/05-partly-known.ts';
import { racingAppends } from './clauses/06-racing-appends.ts';
import { atomicUnderKill } from './clauses/07-atomic-under-kill.ts';
import { appendMany } from './clauses/08-append-many.ts';
import { texts } from './clauses/09-texts.ts';
import { silence } from './clauses/10-silence.ts';
import { completeness } from './clauses/11-completeness.ts';
import { resuming } from './clauses/12-resuming.ts';
import { filteredCheckpoints } from './clauses/13-filtered-checkpoints.ts';
import { interruptions } from './clauses/14-interruptions.ts';
import { foreignCheckpoints } from './clauses/15-foreign-checkpoints.ts';
import { backpressure } from './clauses/16-backpressure.ts';
import { failures } from './clauses/17-failures.ts';
import { shutdown } from './clauses/18-shutdown.ts';
import { model } from './clauses/19-model.ts';
import type { EventLogHarness, LogPlace } from './harness.ts';

/** The contract of src/application/ports/event-log.ts, in this order. */
const clauses: readonly Clause[] = [
  newStreams,
  expectedRevisions,
  retries,
  lateRetries,
  partlyKnown,
  racingAppends,
  atomicUnderKill,
  appendMany,
  texts,
  silence,
  completeness,
  resuming,
  filteredCheckpoints,
  interruptions,
  foreignCheckpoints,
  backpressure,
  failures,
  shutdown,
  model,
];

/** Holds an adapter of the event log to the whole contract. */
export function describeEventLog(name: string, harness: EventLogHarness): void {
  describe(`the event log: ${name}`, { timeout: isFullSize ? 600_000 : 60_000 }, () => {
    let place: LogPlace;
    let log: EventLog;
    const unhandled: unknown[] = [];
    const remember = (reason: unknown) => unhandled.push(reason);

    beforeAll(async () => {
      process.on('unhandledRejection', remember);
      place = await harness.createPlace();
      log = await place.open();
    });

    afterAll(async () => {
      await log.close();
      await place.destroy();
      process.off('unhandledRejection', remember);
      for (const [ability, why] of Object.entries(harness.lacks))
        console.info(`The event log, ${name}: nothing was shown of "${ability}", because ${why}`);
    });

    const context = createContext(harness, () => log);
    for (const [index, clause] of clauses.entries())
      describe(`clause ${index + 1}: ${clause.title}`, () => clause.define(context));

    it('leaves no rejection unhandled', () => {
      expect(unhandled).toEqual([]);
    });
  });
}
