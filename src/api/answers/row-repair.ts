import { z } from 'zod';
import { time } from './times.ts';

const table = z.strictObject({
  projection: z.string().describe('The read model.'),
  table: z.string(),
  found: z
    .enum(['right', 'different', 'missing', 'extra'])
    .describe('How the row was. `extra`: by its history the event has none there; it was deleted.'),
  columns: z.array(z.string()).describe('That were not what the history says, without their values.'),
});

export const rowRepairAnswer = z
  .strictObject({
    id: z.guid().describe('Of the event.'),
    repairId: z.guid(),
    revision: z.int().nonnegative().describe('Up to which the rows contain the history.'),
    repairedAt: time,
    tables: z.array(table),
  })
  .meta({ id: 'RowRepair' });

export const exampleRowRepair = {
  id: '018f2f6e-0c5a-8d5e-9f0e-3b1c2d4e5f60',
  repairId: '3f8a1b52-7c14-4e0d-9a3b-5d6e7f809112',
  revision: 3,
  repairedAt: '2030-01-31T12:00:00.000Z',
  tables: [
    { projection: 'events', table: 'events', found: 'different', columns: ['status', 'processed_at'] },
    { projection: 'due-work', table: 'due_work', found: 'right', columns: [] },
    { projection: 'dead-letters', table: 'dead_events', found: 'extra', columns: [] },
    { projection: 'dead-letters', table: 'undecided_failures', found: 'right', columns: [] },
  ],
} as const satisfies z.input<typeof rowRepairAnswer>;
