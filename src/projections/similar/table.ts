/** What makes failures similar, once for each text. Of no read model: it is made from texts alone. */
export interface FailureVectorsTable {
  text_id: string;
  text: string;
  /** A `tsvector` of the terms, each as one lexeme. */
  terms: string;
  /** That made the vector; empty where there is none yet. */
  model: string;
  dimension: number;
  /** Of length 1. */
  embedding: readonly number[] | null;
}
