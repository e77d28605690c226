/** What each group's failures say, once for each group. */
export interface FailureTextsTable {
  /** By the fingerprint alone, before anything that operators did. */
  group_id: string;
  /** Of class and message: groups of several handlers and places in the code share one. */
  text_id: string;
  class: string;
  message: string;
  /** In the log, of the first failure: what is new since is found by it. */
  position: string;
}
