/** Why the domain refuses a command. Nothing was changed. */
export type RowRepairRejection =
  /** None of that id was requested, or its outcome is recorded. */
  { readonly code: 'row-repair-not-found' };
