/**
 * One thing that goes wrong, in all the ways in which systems and people say so. Patterns are held against text in lower case whose
 * words are separated by single spaces, so that `ERR_TLS_CERT_EXPIRED` and `CertExpired` read `… cert expired`.
 */
export interface Operation {
  readonly name: string;
  /** What several operations have in common: alone it makes no two failures similar. */
  readonly kind?: string;
  /** Says nothing more where another operation is found, too: a lock that timed out is about the lock. */
  readonly isGeneral?: true;
  readonly wordings: readonly RegExp[];
}
