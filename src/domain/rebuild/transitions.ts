import { z } from 'zod';

const text = z.string();
const count = z.int().nonnegative();
/** Always with milliseconds, because moments are compared as text. */
const timestamp = z.iso.datetime({ precision: 3 });

/** What an operator asks for, and why. */
const asked = { id: text, reason: text, requestedAt: timestamp, requestedBy: text };

const difference = z.object({
  /** `null` where the whole row is missing or extra. */
  column: text.nullable(),
  /** Rows. */
  count,
  /** Keys of some of them, as text. */
  examples: z.array(text),
  /** `missing`: the rebuilt copy lacks the row. `extra`: the live one does. */
  kind: z.enum(['changed', 'extra', 'missing']),
  table: text,
});

const report = z.object({
  /** By table and column, those first that most rows have. */
  differences: z.array(difference),
  /** Columns that are not made from the log alone, or that one of the two versions lacks. */
  notCompared: z.array(z.object({ column: text, table: text })),
  /** Rows of either copy that were compared. */
  rows: count,
  /** Of these, rows that differ in any way. */
  rowsThatDiffer: count,
});

/**
 * Every fact that can be recorded about the rebuilds of one read model, by its wire name: names and shapes are permanent.
 * Fields stand in alphabetical order, so that what has been checked is canonical JSON as it stands. `id` is the rebuild's.
 */
export const transitionSchemas = {
  RebuildRequested: z.object({ ...asked, version: count }),
  /** A copy holds all that was in the log, with its indexes, and follows the log from now on. */
  RebuildFilled: z.object({ durationMs: count, filledAt: timestamp, id: text, transitions: count }),
  RebuildComparisonRequested: z.object(asked),
  RebuildCompared: z.object({ comparedAt: timestamp, id: text, report }),
  RebuildDifferencesAccepted: z.object({ ...asked, rowsThatDiffer: count }),
  RebuildPromotionRequested: z.object(asked),
  RebuildPromoted: z.object({ id: text, promotedAt: timestamp }),
  RebuildRollbackRequested: z.object(asked),
  RebuildRolledBack: z.object({ id: text, rolledBackAt: timestamp }),
  /** The two copies could not be exchanged in the time that readers may be kept waiting. Nothing was changed. */
  RebuildExchangeFailed: z.object({ failedAt: timestamp, id: text, message: text }),
  RebuildCancelled: z.object(asked),
  RebuildFailed: z.object({ failedAt: timestamp, id: text, message: text }),
  RebuildDropRequested: z.object(asked),
  /** The copy that is not read is gone. */
  RebuildDropped: z.object({ droppedAt: timestamp, id: text }),
} as const;

export type TransitionType = keyof typeof transitionSchemas;
export type TransitionData<Type extends TransitionType> = z.infer<(typeof transitionSchemas)[Type]>;
export type RebuildTransition<Type extends TransitionType = TransitionType> = {
  [Each in Type]: { readonly type: Each; readonly data: TransitionData<Each> };
}[Type];

export type RebuildReport = z.infer<typeof report>;
export type RebuildDifference = z.infer<typeof difference>;
