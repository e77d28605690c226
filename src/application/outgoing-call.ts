/**
 * A request that a handler has sent, as far as it is shown: neither its path, query and headers, which may be secret at the
 * service that it goes to, nor what an error says.
 */
export interface OutgoingCall {
  /** 16 hexadecimal digits. Handed to the service as the parent of what it does. */
  readonly spanId: string;
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  readonly port: number | null;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** `null` where no answer came. */
  readonly status: number | null;
  /** A code such as ECONNREFUSED, or the class of the error; `null` where there was none. */
  readonly error: string | null;
}

/** Who sends a request: a run of a handler whose calls are followed. */
export interface Caller {
  readonly traceparent: string;
  /** An answer has begun, or there is none. */
  called(call: OutgoingCall): void;
}
