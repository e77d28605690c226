import { type Attributes, type SpanContext, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { OutgoingCall } from '../../application/outgoing-call.ts';
import type { EventState } from '../../domain/event/state.ts';
import type { Failure } from '../../domain/event/transitions.ts';
import { own, standard } from './attributes.ts';
import { currentScope } from './current-trace.ts';
import { childOf, traceparentOf } from './span-context.ts';
import type { SpanIds } from './span-ids.ts';

/** Of one run of a handler. What it sends beyond these is not recorded. */
const MAX_CALLS = 128;

interface Run {
  readonly eventId: string;
  readonly state: EventState;
  readonly traceparent: string | null;
  readonly handler: { readonly pattern: string };
  readonly called?: (call: OutgoingCall) => void;
}

type Outcome = { readonly kind: string } | { readonly kind: 'failed'; readonly failure: Failure };

/** Where handlers run, with a span for each run that is part of something traced, and one for each request that it sends. */
export function tracedRunner<Runner extends { run(run: never): Promise<Outcome> }>(
  { tracer, ids }: { readonly tracer: Tracer; readonly ids: SpanIds },
  runner: Runner,
): Runner {
  const run = async (given: Run): Promise<Outcome> => {
    const inner = (each: Run) => (runner.run as (run: Run) => Promise<Outcome>)(each);
    const attempt = currentScope()?.span;
    if (!attempt) return inner(given);
    const { eventId, state, handler } = given;
    const attributes = {
      [own.eventId]: eventId,
      [own.eventType]: state.received.type,
      [own.handler]: handler.pattern,
    };
    const span = tracer.startSpan(`handle ${handler.pattern}`, { attributes }, childOf(attempt.spanContext()));
    let calls = 0;
    const called = (call: OutgoingCall) => {
      if (calls++ < MAX_CALLS) recordCall(tracer, ids, span.spanContext(), call);
    };
    const outcome = await inner({ ...given, traceparent: traceparentOf(span.spanContext()), called });
    if ('failure' in outcome)
      span.setAttributes({
        [standard.errorType]: outcome.failure.class,
        [own.failureFingerprint]: outcome.failure.fingerprint,
      });
    if (outcome.kind !== 'succeeded') span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    return outcome;
  };
  return { ...runner, run };
}

function recordCall(tracer: Tracer, ids: SpanIds, parent: SpanContext, call: OutgoingCall): void {
  const { spanId, method, scheme, host, port, startedAt, endedAt, status, error } = call;
  const errorType = error ?? (status !== null && status >= 400 ? `${status}` : null);
  const attributes: Attributes = {
    [standard.httpMethod]: method,
    [standard.urlScheme]: scheme,
    [standard.serverAddress]: host,
    [standard.serverPort]: port ?? (scheme === 'https' ? 443 : 80),
    ...(status === null ? {} : { [standard.httpStatus]: status }),
    ...(errorType === null ? {} : { [standard.errorType]: errorType }),
  };
  const options = { kind: SpanKind.CLIENT, attributes, startTime: new Date(startedAt) };
  const span = ids.given(spanId, () => tracer.startSpan(method, options, childOf(parent)));
  if (errorType !== null) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(new Date(endedAt));
}
