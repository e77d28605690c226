import { ROOT_CONTEXT, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { RequestTrace, RequestTraces } from '../../application/ports/request-traces.ts';
import { standard } from './attributes.ts';
import { inScope } from './current-trace.ts';
import { childOf, spanContextOf, traceContextOf, traceparentOf } from './span-context.ts';

/**
 * Requests as spans of servers, in the client's trace where it sent one. Neither URL, headers nor address are recorded: they
 * may hold secrets, and the route says what was asked for.
 */
export const tracedRequests = (tracer: Tracer): RequestTraces => ({
  begin({ method, route, scheme, sent }): RequestTrace {
    const parent = spanContextOf(sent);
    const attributes = {
      [standard.httpMethod]: method,
      [standard.httpRoute]: route,
      [standard.urlScheme]: scheme,
    };
    const span = tracer.startSpan(
      `${method} ${route}`,
      { kind: SpanKind.SERVER, attributes },
      parent === null ? ROOT_CONTEXT : childOf(parent),
    );
    if (!span.isRecording())
      return {
        // Nothing that follows from it is recorded here, and no span is its parent but the client's.
        context: parent === null ? {} : { ...sent, traceparent: traceparentOf({ ...parent, traceFlags: 0 }) },
        within: (act) => act(),
        end: () => {},
      };
    const scope = { span };
    return {
      context: traceContextOf(span.spanContext()),
      within: (act) => inScope(scope, act),
      end(status) {
        if (status === null) span.setAttribute(standard.errorType, 'client_gone');
        else {
          span.setAttribute(standard.httpStatus, status);
          if (status >= 500)
            span.setAttribute(standard.errorType, `${status}`).setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end();
      },
    };
  },
});
