import { OperationalFailure } from '../failures.ts';

/** The log is not the one, or not as much of it, as was anchored in the audit tree: cut off, changed, or restored. */
export class LogContradictsAudit extends OperationalFailure {
  override readonly name = 'LogContradictsAudit';
  readonly code = 'log-contradicts-audit';
  readonly retryable = false;
}

/** What is stored of the audit tree is not what was stored. It can be computed again from the log. */
export class AuditTreeDamaged extends OperationalFailure {
  override readonly name = 'AuditTreeDamaged';
  readonly code = 'audit-tree-damaged';
  readonly retryable = true;
}

/** A witness has not cosigned a checkpoint, and says why, or says nothing that can be used. */
export class WitnessRefused extends Error {
  override readonly name = 'WitnessRefused';
}
