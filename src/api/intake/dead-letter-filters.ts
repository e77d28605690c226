import { z } from 'zod';
import { deadLetterReasons } from '../../domain/event/transitions.ts';
import { oneLine, plainName, printableKey, sourceName } from './fields.ts';
import { payloadFilters } from './payload-filters.ts';
import { moment, wholeNumber } from './query.ts';

/** More attempts, or replays, than any event has. */
const MOST_COUNT = 1_000_000;

const filters = {
  type: plainName.optional(),
  source: sourceName.optional(),
  client: oneLine(255).optional().describe('Whose events, exactly.'),
  class: oneLine(200).optional().describe('The class of the last failure, exactly.'),
  failure: printableKey.optional().describe('The fingerprint of the last failure.'),
  failureGroup: z.guid().optional().describe('The id of a failure group; merged ones count.'),
  reason: z.enum(deadLetterReasons).optional().describe('Why there is no next attempt.'),
  createdAfter: moment.optional().describe('When the event was received.'),
  createdBefore: moment.optional(),
  diedAfter: moment.optional().describe('When it became a dead letter.'),
  diedBefore: moment.optional(),
  text: oneLine(200).optional().describe('In the class or the message of the last failure, in capitals or not.'),
};

const attempts = 'Attempts of its last generation.';
const generation = 'How often it was replayed.';

/** Which dead letters, in a body. */
export const deadLetterFilter = z.strictObject({
  ...filters,
  attemptsAtLeast: z.int().min(1).max(MOST_COUNT).optional().describe(attempts),
  generationAtLeast: z.int().min(0).max(MOST_COUNT).optional().describe(generation),
});

/** Which dead letters, as a query. */
export const deadLetterQuery = z.strictObject({
  ...filters,
  payload: payloadFilters,
  attemptsAtLeast: wholeNumber(1, MOST_COUNT).optional().describe(attempts),
  generationAtLeast: wholeNumber(0, MOST_COUNT).optional().describe(generation),
});
