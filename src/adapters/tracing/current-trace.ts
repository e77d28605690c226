import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from '@opentelemetry/api';

/** What the present code works for: filled once that is known. */
export interface Scope {
  /** `null` where it is not traced. */
  span: Span | null;
}

const scopes = new AsyncLocalStorage<Scope>();

/** What `act` begins, also later, is in this scope. */
export const inScope = <Result>(scope: Scope, act: () => Result): Result => scopes.run(scope, act);

export const currentScope = (): Scope | null => scopes.getStore() ?? null;

/** For lines of the log; `null` where nothing is traced. Takes nothing of OpenTelemetry to ask. */
export function currentTrace(): { readonly trace_id: string; readonly span_id: string } | null {
  const span = scopes.getStore()?.span;
  if (!span) return null;
  const { traceId, spanId } = span.spanContext();
  return { trace_id: traceId, span_id: spanId };
}
