import type { RebuildStep } from './state.ts';

/** Why the domain refuses a command. Expected, so a value and not an exception; nothing was changed. */
export type RebuildRejection =
  /** The last rebuild of the read model is another one, or there was none. */
  | { readonly code: 'rebuild-not-found' }
  /** One of this read model is not over. */
  | {
      readonly code: 'rebuild-under-way';
      readonly id: string;
      readonly step: RebuildStep;
      readonly requestedBy: string;
      readonly requestedAt: string;
    }
  /** Where the rebuild is, this cannot be asked for. */
  | { readonly code: 'rebuild-step-refused'; readonly step: RebuildStep }
  /** The rows differ from those that are read, and no operator has accepted that. */
  | { readonly code: 'rebuild-differs'; readonly rowsThatDiffer: number; readonly rows: number }
  /** The rows that were read before are not kept. */
  | { readonly code: 'nothing-to-roll-back-to'; readonly step: RebuildStep };
