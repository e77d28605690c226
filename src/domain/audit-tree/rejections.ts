/** Why the domain refuses a command. Nothing was changed. */
export type AuditTreeRejection =
  /** It would contradict what was signed: a smaller tree, another root for the same size, or another log's. */
  {
    readonly code: 'audit-checkpoint-contradicts';
    readonly signed: { readonly size: number; readonly rootHash: string };
  };
