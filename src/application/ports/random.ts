/** The source of random numbers and ids, so that a test or a simulation can repeat a run exactly. */
export interface Random {
  /** A fresh UUID. */
  uuid(): string;
  /** Uniform in [0, 1). */
  fraction(): number;
}
