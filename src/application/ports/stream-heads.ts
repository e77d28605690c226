/** The end of a history, as far as it was seen. */
export interface StreamHead {
  readonly revision: number;
  readonly hash: string;
  /** Whether it is one that was left out, of which no more than its hashes was seen. */
  readonly isLeftOut: boolean;
}

/** Remembers the ends of more histories than fit into memory. */
export interface StreamHeads {
  get(stream: string): StreamHead | null;
  set(stream: string, head: StreamHead): void;
  close(): void;
}
