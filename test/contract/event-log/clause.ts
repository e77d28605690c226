import { it, onTestFinished } from 'vitest';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import type { Ability, EventLogHarness, LogPlace } from './harness.ts';

/** One clause of the contract; its number is that of the list in the suite. */
export interface Clause {
  readonly title: string;
  define(context: ClauseContext): void;
}

export interface ClauseContext {
  /** A log that all clauses share; nobody closes or harms it. */
  log(): EventLog;
  /** A log of the test's own, destroyed when the test ends. */
  newPlace(): Promise<LogPlace>;
  /** A test that asks more of the harness than to open a log; skipped, with the reason, where that is lacking. */
  itNeeding(ability: Ability, title: string, run: () => Promise<void>): void;
}

export const isFullSize = process.env['EVENTOPS_FULL_SIZE'] === '1';

/** How much of something is tried: `full` is the contract's own figure, `quick` what every run affords. */
export const size = (quick: number, full: number) => (isFullSize ? full : quick);

/** For a test's title. */
export const count = (value: number) => value.toLocaleString('en');

export function createContext(harness: EventLogHarness, log: () => EventLog): ClauseContext {
  return {
    log,
    async newPlace() {
      const place = await harness.createPlace();
      onTestFinished(() => place.destroy());
      return place;
    },
    itNeeding(ability, title, run) {
      const why = harness.lacks[ability];
      if (why === undefined) it(title, run);
      else it(`${title} (not shown: ${why})`, ({ skip }) => skip(why));
    },
  };
}

/** What a harness that does not lack an ability must bring. */
export function able<Given>(given: Given | undefined): Given {
  if (given === undefined) throw new Error('The harness neither brings this ability nor says what it lacks');
  return given;
}
