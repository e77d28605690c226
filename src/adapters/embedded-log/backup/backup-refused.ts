import { OperationalFailure } from '../../../application/failures.ts';

/** A backup cannot be written, or a file is not a whole backup; the message names it and says what to do. */
export class BackupRefused extends OperationalFailure {
  override readonly name = 'BackupRefused';
  readonly code = 'backup-refused';
  readonly retryable = false;
}
