import type { TraceContext } from '../trace-context.ts';

/** A request whose route is known, before anything else is done for it. */
export interface BegunRequest {
  readonly method: string;
  /** As it is declared, with parameters by name: no URL. */
  readonly route: string;
  readonly scheme: string;
  /** Of the client, as far as it is well formed. */
  readonly sent: TraceContext;
}

export interface RequestTrace {
  /** Recorded with whatever the request leads to, instead of what the client sent. */
  readonly context: TraceContext;
  /** What `act` begins, also later, is part of the request. */
  within(act: () => void): void;
  /** @param status of the answer; `null` where the client was gone before there was one. */
  end(status: number | null): void;
}

/** Follows requests, for whoever wants to see where time goes. */
export interface RequestTraces {
  begin(request: BegunRequest): RequestTrace;
}
