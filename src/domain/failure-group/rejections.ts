/** Why the domain refuses a command. Expected, so a value and not an exception; nothing was changed. */
export type FailureGroupRejection =
  /** It is merged into another one, which is where acts belong. */
  | { readonly code: 'failure-group-merged'; readonly into: string }
  /** A group cannot be merged into itself, nor into one that is merged into it. */
  | { readonly code: 'merge-leads-back' }
  /** Failures with this text are a group of their own already. */
  | { readonly code: 'failure-group-split-before' }
  /** There is no such act that is in force. */
  | { readonly code: 'act-not-found' };
