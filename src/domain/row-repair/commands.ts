import type { RepairedTable } from './transitions.ts';

interface OfRepair {
  /** The repair's. */
  readonly id: string;
  /** RFC 3339 in UTC with milliseconds. */
  readonly now: string;
}

export interface RequestRowRepair extends OfRepair {
  readonly kind: 'RequestRowRepair';
  readonly reason: string;
  readonly requestedBy: string;
}

export interface RecordRowRepaired extends OfRepair {
  readonly kind: 'RecordRowRepaired';
  readonly revision: number;
  readonly tables: readonly RepairedTable[];
}

export type RowRepairCommand = RequestRowRepair | RecordRowRepaired;
