/** What secrets are made of. */
export interface SecretSource {
  /** A whole number from 0 to `below` - 1, each equally probable, from a source that no client can predict. */
  integer(below: number): number;
}
