import type { TransitionData } from './transitions.ts';

export interface SignAuditCheckpoint {
  readonly kind: 'SignAuditCheckpoint';
  readonly checkpoint: TransitionData<'AuditCheckpointSigned'>;
}

export type AuditTreeCommand = SignAuditCheckpoint;
