import type { RebuildReport } from './transitions.ts';

interface OfOperator {
  /** The rebuild's. */
  readonly id: string;
  readonly reason: string;
  readonly requestedBy: string;
  /** RFC 3339 in UTC with milliseconds, as all times here. */
  readonly now: string;
}

export interface RequestRebuild extends OfOperator {
  readonly kind: 'RequestRebuild';
  /** Of the read model, as this process knows it. */
  readonly version: number;
}

/** What an operator asks of a rebuild that is there. */
export type OperateRebuild =
  | (OfOperator & { readonly kind: 'CompareRebuild' | 'RollBackRebuild' | 'CancelRebuild' | 'DropRebuild' })
  | (OfOperator & { readonly kind: 'PromoteRebuild'; readonly acceptsDifferences: boolean });

interface OfProcess {
  readonly id: string;
  readonly now: string;
}

/** What the process that works on a rebuild has done or found. */
export type RecordRebuild =
  | (OfProcess & { readonly kind: 'RecordFilled'; readonly transitions: number; readonly durationMs: number })
  | (OfProcess & { readonly kind: 'RecordCompared'; readonly report: RebuildReport })
  | (OfProcess & { readonly kind: 'RecordPromoted' | 'RecordRolledBack' | 'RecordDropped' })
  | (OfProcess & { readonly kind: 'RecordExchangeFailed' | 'RecordFailed'; readonly message: string });

export type RebuildCommand = RequestRebuild | OperateRebuild | RecordRebuild;
