import { z } from 'zod';
import { exampleHistory } from './history.ts';

/** As in a history, with where in the log it is. */
const transition = z
  .looseObject({
    position: z.string().describe('In the log. For `asOfPosition`, and to be compared as a number within one log.'),
    stream: z.string(),
    revision: z.int().min(0),
    type: z.string(),
  })
  .meta({ id: 'LogTransition', description: 'A transition as its history shows it, with its position in the log.' });

export const logHistoryAnswer = z
  .strictObject({
    items: z.array(transition),
    verified: z.boolean().describe('Whether each item is as it was written, by its hash.'),
    nextCursor: z
      .string()
      .nullable()
      .describe('For the next page; null at the end of the log. A page may have no items, and still a next one.'),
  })
  .meta({ id: 'LogHistory', description: 'A page of all histories together, in the order of the log.' });

export const exampleLogHistory = {
  items: exampleHistory.items.map((item) => ({ ...item, position: '1' })),
  verified: true,
  nextCursor: null,
};
