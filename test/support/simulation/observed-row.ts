import type { EventRow } from '../../../src/projections/events/project.ts';
import { type ViewedRow, viewOf } from '../../../src/projections/events/view.ts';
import type { ObservedRow } from '../guarantees/evidence.ts';

/** The row as a client is shown it. */
export const observedRow = (row: EventRow): ObservedRow => viewOf(row as ViewedRow);
