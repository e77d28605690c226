import type { z } from 'zod';
import type { rowRepairAnswer } from '../api/answers/row-repair.ts';
import { textTable } from './terminal-text.ts';

/** What a repair has found, a line for each table. */
export const drawRowRepair = ({ id, revision, tables }: z.output<typeof rowRepairAnswer>): string =>
  `The rows of ${id} are what its history says up to revision ${revision}.\n${textTable(
    ['NAME', 'TABLE', 'FOUND', 'COLUMNS'],
    tables.map(({ projection, table, found, columns }) => [projection, table, found, columns.join(', ') || '-']),
  )}`;
