/** What is known of a failure and may be seen by others: redacted, and cut to what is needed. */
export interface ExplanationRequest {
  /** `null` where no handler ran. */
  readonly handler: string | null;
  readonly class: string;
  readonly message: string;
  /** Lines of the stack, innermost first. */
  readonly frames: readonly string[];
  readonly attempts: number;
  /** JSON: the payload's keys with the types of their values, or its values where an operator allowed that. */
  readonly payload: string;
  /** Of the event's history: what may be cited. */
  readonly transitions: readonly { readonly revision: number; readonly text: string }[];
}

export interface ProposedExplanation {
  readonly summary: string;
  readonly probableCause: string;
  readonly confidence: 'low' | 'medium' | 'high';
  readonly steps: readonly {
    readonly what: string;
    readonly command: string | null;
    readonly risk: 'none' | 'low' | 'high';
  }[];
  /** Each is looked for where it is said to be, and left out if it is not there. */
  readonly restsOn: readonly {
    readonly source: 'transition' | 'frame';
    readonly revision: number | null;
    readonly quote: string;
  }[];
}

export interface LlmAnswer {
  /** As it came, and therefore not believed: it is checked by whoever asked. */
  readonly proposed: unknown;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Explains failures: a model behind some protocol. It is given text and returns text, and can do nothing else. */
export interface LlmClient {
  /** As results name it, such as `openai`. */
  readonly provider: string;
  readonly model: string;
  /**
   * @param prompt what to do, and the request as text that is marked as material.
   * @throws {LlmFailed} also when `signal` aborts.
   */
  explain(prompt: Prompt, signal: AbortSignal): Promise<LlmAnswer>;
}

export interface Prompt {
  readonly system: string;
  readonly user: string;
  /** JSON Schema of the answer. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** A model gave no answer. The message names neither keys nor what was sent. */
export class LlmFailed extends Error {
  override readonly name = 'LlmFailed';
  /** Whether the same request may be answered a moment later. */
  readonly retryable: boolean;
  constructor(message: string, { retryable, ...options }: ErrorOptions & { readonly retryable: boolean }) {
    super(message, options);
    this.retryable = retryable;
  }
}
