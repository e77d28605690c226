import { type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { AppendOutcome, AppendRequest, EventLog } from '../../application/ports/event-log.ts';
import { own, standard } from './attributes.ts';
import { currentScope } from './current-trace.ts';
import { childOf } from './span-context.ts';

/** The log with a span for each append and each read of a stream that is part of something traced. */
export function tracedLog(tracer: Tracer, log: EventLog, system: string): EventLog {
  const begin = (operation: 'append' | 'read', stream: string): Span | null => {
    const parent = currentScope()?.span;
    if (!parent) return null;
    const collection = stream.slice(0, stream.indexOf('-'));
    const attributes = {
      [standard.dbSystem]: system,
      [standard.dbOperation]: operation,
      [standard.dbCollection]: collection,
      [own.stream]: stream,
    };
    return tracer.startSpan(
      `${operation} ${collection}`,
      { kind: SpanKind.CLIENT, attributes },
      childOf(parent.spanContext()),
    );
  };
  const append = async (request: AppendRequest): Promise<AppendOutcome> => {
    const span = begin('append', request.stream);
    if (span === null) return log.append(request);
    const outcome = await log.append(request);
    ended(span, request, outcome);
    return outcome;
  };
  return {
    ...log,
    append,
    async appendMany(requests) {
      const spans = requests.map(({ stream }) => begin('append', stream));
      const outcomes = await log.appendMany(requests);
      for (const [index, span] of spans.entries()) {
        const [request, outcome] = [requests[index], outcomes[index]];
        if (span !== null && request !== undefined && outcome !== undefined) ended(span, request, outcome);
      }
      return outcomes;
    },
    async readStream(stream, from) {
      const span = begin('read', stream);
      try {
        const transitions = await log.readStream(stream, from);
        span?.setAttribute(own.batchTransitions, transitions.length);
        return transitions;
      } catch (error) {
        if (span !== null) failed(span, error instanceof Error ? error.name : 'unknown');
        throw error;
      } finally {
        span?.end();
      }
    },
  };
}

function ended(span: Span, { transitions }: AppendRequest, outcome: AppendOutcome): void {
  span.setAttribute(
    own.transitions,
    transitions.map(({ type }) => type),
  );
  span.setAttribute(own.appendOutcome, outcome.kind);
  if (outcome.kind === 'appended') span.setAttribute(own.revision, Number(outcome.lastRevision));
  // Another append was there first: the command is decided again, and no fault of the log.
  else if (outcome.kind !== 'conflict') failed(span, outcome.kind === 'refused' ? outcome.refusal.code : 'unknown');
  span.end();
}

const failed = (span: Span, type: string) =>
  span.setAttribute(standard.errorType, type).setStatus({ code: SpanStatusCode.ERROR });
