import { z } from 'zod';
import type { RebuildOutcome, RebuildState, RebuildStep } from '../../domain/rebuild/state.ts';
import type { RebuildProgress } from '../../projections/rebuild/queries.ts';
import { time, times } from './times.ts';

const steps = [
  ...(['filling', 'comparing', 'compared', 'promoting', 'promoted', 'rolling-back'] as const),
  ...(['dropping', 'dropped'] as const),
] as const satisfies readonly RebuildStep[];
const outcomes = ['promoted', 'rolled-back', 'cancelled', 'failed'] as const satisfies readonly RebuildOutcome[];

const count = z.int().nonnegative();

const progress = z.strictObject({
  work: z.string().describe('What a process does for it currently.'),
  handled: count.describe('The position in the log up to which the copy is filled.'),
  head: count.describe('The position at the end of the log.'),
  share: z.number().min(0).max(1).describe('How much of the log is in the copy. Never less than before.'),
  transitions: count.describe('So many have been written.'),
  rowsCompared: count,
  rate: count.describe('Positions in a second, of late.'),
  timeLeftSeconds: count.nullable().describe('Until it is filled; null where that is not known.'),
  waitsFor: z.string().nullable().describe('Why nothing moves; null while something does.'),
  movedAt: time,
});

const difference = z.strictObject({
  kind: z
    .enum(['changed', 'extra', 'missing'])
    .describe('`missing`: the new copy lacks rows that are read. `extra`: it has more.'),
  table: z.string(),
  column: z.string().nullable().describe('null where whole rows are missing or extra.'),
  count: count.describe('Rows.'),
  examples: z.array(z.string()).describe('Keys of some of these rows.'),
});

const report = z.strictObject({
  rows: count.describe('Rows of either copy that were compared.'),
  rowsThatDiffer: count,
  differences: z.array(difference),
  notCompared: z
    .array(z.strictObject({ table: z.string(), column: z.string() }))
    .describe('Columns that are not made from the log alone, or that only one of the copies has.'),
});

export const rebuildAnswer = z
  .strictObject({
    id: z.guid(),
    projection: z.string(),
    version: count.describe('Of the read model: which tables and rows it makes.'),
    step: z.enum(steps),
    outcome: z.enum(outcomes).nullable(),
    next: z.string().describe('What happens now, or what to do.'),
    requestedBy: z.string(),
    requestedAt: time,
    reason: z.string(),
    progress: progress.nullable().describe('null where none is known, as while the read tables are unavailable.'),
    filled: z
      .strictObject({ transitions: count, durationMs: count })
      .nullable()
      .describe('What filling the copy took, its indexes included; null before it is full.'),
    report: report.nullable().describe('Of the last comparison.'),
    differencesAccepted: z.boolean(),
    history: z
      .array(z.strictObject({ type: z.string(), at: time, by: z.string().nullable(), reason: z.string().nullable() }))
      .describe('Every step as the log has it; `by` is null for a process.'),
  })
  .meta({ id: 'Rebuild', description: `A rebuild of a read model. ${times}` });

export const projectionListAnswer = z
  .strictObject({
    items: z.array(
      z.strictObject({
        name: z.string(),
        version: count.nullable().describe('Of the rows that are read; null where that is not known.'),
        newestVersion: count.describe('What a rebuild fills.'),
        rebuild: rebuildAnswer.nullable().describe('The last one.'),
      }),
    ),
  })
  .meta({ id: 'ProjectionList', description: 'Every read model.' });

/** A process reports each second. */
const SILENT_AFTER_MS = 60_000;

interface Shown {
  readonly projection: string;
  readonly state: RebuildState;
  /** Of the read model's last rebuild. */
  readonly reported: RebuildProgress | undefined;
  readonly now: number;
}

export function rebuildView({ projection, state, reported, now }: Shown): z.input<typeof rebuildAnswer> {
  const { id, version, step, outcome, filled, report: compared, isAccepted, steps: history } = state;
  const [requested] = history;
  const own = reported?.rebuildId === id ? reported : undefined;
  return {
    ...{ id, projection, version, step, outcome, next: nextOf(state, projection) },
    ...{ requestedBy: requested?.by ?? '', requestedAt: requested?.at ?? '', reason: requested?.reason ?? '' },
    progress: own === undefined ? null : progressView(own, step, now),
    ...{ filled, report: compared, differencesAccepted: isAccepted, history: [...history] },
  };
}

function progressView(
  { rebuildId: _, reportedAt, waitsFor, ...known }: RebuildProgress,
  step: RebuildStep,
  now: number,
) {
  const isWork = step !== 'compared' && step !== 'promoted' && step !== 'dropped';
  const isSilent = isWork && now - Date.parse(reportedAt) > SILENT_AFTER_MS;
  const silence = `no process has worked on it since ${reportedAt}; check that one with the role projector runs and reaches the read database`;
  return { ...known, waitsFor: isSilent ? silence : isWork ? waitsFor : null };
}

const nextOf = ({ step, report: compared, isAccepted, outcome }: RebuildState, projection: string): string => {
  switch (step) {
    case 'filling':
      return 'The copy is being filled from the log. Cancel leaves the rows that are read as they are.';
    case 'comparing':
      return 'The copy is being compared with the rows that are read.';
    case 'compared':
      return compared !== null && compared.rowsThatDiffer > 0 && !isAccepted
        ? `${compared.rowsThatDiffer} of ${compared.rows} rows differ. Cancel, compare again, or promote and accept the differences with a reason.`
        : 'No row differs that was not accepted. Promote, or cancel.';
    case 'promoting':
    case 'rolling-back':
      return 'The two copies are being exchanged.';
    case 'promoted':
      return 'The new rows are read. Roll back to those of before, or drop these once they are not needed.';
    case 'dropping':
      return 'The copy that is not read is being deleted.';
    case 'dropped':
      return `It is over (${outcome ?? 'dropped'}). ${projection} can be rebuilt again.`;
  }
};

export const exampleRebuild: z.input<typeof rebuildAnswer> = {
  ...{ id: '0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d', projection: 'events', version: 1, step: 'filling', outcome: null },
  next: 'The copy is being filled from the log. Cancel leaves the rows that are read as they are.',
  ...{ requestedBy: 'alice', requestedAt: '2030-01-31T12:00:00.000Z', reason: 'a row looks wrong' },
  progress: {
    ...{ work: 'filling', handled: 450_000, head: 1_000_000, share: 0.45, transitions: 450_000, rowsCompared: 0 },
    ...{ rate: 55_000, timeLeftSeconds: 10, waitsFor: null, movedAt: '2030-01-31T12:00:08.000Z' },
  },
  ...{ filled: null, report: null, differencesAccepted: false },
  history: [{ type: 'RebuildRequested', at: '2030-01-31T12:00:00.000Z', by: 'alice', reason: 'a row looks wrong' }],
};
