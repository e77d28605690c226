import { type Context, createTraceState, ROOT_CONTEXT, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import { type TraceContext, traceparentForm } from '../../application/trace-context.ts';

/** `null` for one that is absent or malformed. */
export function spanContextOf({ traceparent, tracestate }: TraceContext): SpanContext | null {
  if (traceparent === undefined || !traceparentForm.test(traceparent)) return null;
  return {
    traceId: traceparent.slice(3, 35),
    spanId: traceparent.slice(36, 52),
    traceFlags: Number.parseInt(traceparent.slice(53), 16) & TraceFlags.SAMPLED,
    isRemote: true,
    ...(tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }),
  };
}

export const isSampled = ({ traceFlags }: SpanContext) => (traceFlags & TraceFlags.SAMPLED) !== 0;

/** The same, if whoever began the trace has it recorded. */
export function sampledContextOf(given: TraceContext): SpanContext | null {
  const context = spanContextOf(given);
  return context !== null && isSampled(context) ? context : null;
}

export const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext) =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;

/** As W3C has it. */
export function traceContextOf(context: SpanContext): TraceContext {
  const tracestate = context.traceState?.serialize() ?? '';
  return { traceparent: traceparentOf(context), ...(tracestate === '' ? {} : { tracestate }) };
}

export const childOf = (parent: SpanContext): Context => trace.setSpanContext(ROOT_CONTEXT, parent);
