import { type Link, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { CommandContext } from '../../application/command-context.ts';
import type { KnownEvent } from '../../application/event-history.ts';
import type { CommandResult } from '../../application/handle-command.ts';
import type { UseCases } from '../../application/use-cases.ts';
import type { Rejection } from '../../domain/event/rejections.ts';
import type { EventState } from '../../domain/event/state.ts';
import { attemptLinks } from './attempt-links.ts';
import { type AttemptOutcome, own, standard } from './attributes.ts';
import { currentScope, inScope, type Scope } from './current-trace.ts';
import { childOf, isSampled, traceparentOf } from './span-context.ts';
import { DESTINATION } from './traced-bus.ts';

type Result = CommandResult<EventState, Rejection>;
type Recording<Given> = (id: string, given: Given, context: CommandContext, known: KnownEvent) => Promise<Result>;

/**
 * What workers and the sweep do about attempts. Each attempt is a trace of its own, linked to those that it follows from: one
 * trace over days of retries would help no reader, and no sampler that waits for its end. It begins with the claim, which
 * records its context, and ends with the record of its outcome.
 */
export function tracedUseCases(tracer: Tracer, useCases: UseCases, system: string): UseCases {
  const begin = (name: string, links: Link[], attributes: Record<string, string | number>): Span | null => {
    if (!links.some(({ context }) => isSampled(context))) return null;
    const span = tracer.startSpan(name, { kind: SpanKind.CONSUMER, links, attributes }, ROOT_CONTEXT);
    return span.isRecording() ? span : null;
  };

  const recording =
    <Given>(record: Recording<Given>, whereFailed: AttemptOutcome): Recording<Given> =>
    async (id, given, context, known) => {
      const span = currentScope()?.span;
      if (!span?.isRecording()) return record(id, given, context, known);
      const beganAt = Date.now();
      const result = await record(id, given, context, known);
      if (result.ok) endAttempt({ tracer, span, beganAt, whereFailed }, result.current.state);
      else endUnrecorded(span, 'unrecorded', result.rejection.code);
      return result;
    };

  return {
    ...useCases,
    async startProcessing(id, start, context, known) {
      const { generation, attempt } = start;
      const span = begin(`process ${DESTINATION}`, attemptLinks(context, known), {
        [standard.messagingSystem]: system,
        [standard.messagingDestination]: DESTINATION,
        [standard.messagingOperation]: 'process',
        [standard.messagingOperationType]: 'process',
        [standard.messagingMessageId]: `${id}:${generation}:${attempt}`,
        [own.eventId]: id,
        [own.generation]: generation,
        [own.attempt]: attempt,
      });
      const scope = currentScope();
      if (span === null || scope === null) return useCases.startProcessing(id, start, context, known);
      const traced = { ...context, traceparent: traceparentOf(span.spanContext()) };
      try {
        const claimed = await inScope({ span }, () => useCases.startProcessing(id, start, traced, known));
        if (!claimed.ok) {
          endUnrecorded(span, 'not-claimed', claimed.rejection.code);
          return claimed;
        }
        const { received } = claimed.current.state as EventState;
        span.setAttribute(own.eventType, received.type);
        scope.span = span;
        return claimed;
      } catch (error) {
        endUnrecorded(span, 'not-claimed', error instanceof Error ? error.name : 'unknown');
        throw error;
      }
    },
    completeProcessing: recording(useCases.completeProcessing, 'retried'),
    failProcessing: recording(useCases.failProcessing, 'retried'),
    interruptProcessing: recording(useCases.interruptProcessing, 'interrupted'),
    async expireLease(id, expired, context, known) {
      const { generation, attempt } = expired;
      const about = { [own.eventId]: id, [own.generation]: generation, [own.attempt]: attempt };
      const span = begin('expire lease', attemptLinks(context, known), about);
      if (span === null) return useCases.expireLease(id, expired, context, known);
      // The span of the attempt itself is lost with its worker, so what follows is not a part of its trace.
      const traced = { ...context, traceparent: traceparentOf(span.spanContext()) };
      const beganAt = Date.now();
      try {
        const result = await inScope({ span }, () => useCases.expireLease(id, expired, traced, known));
        if (result.ok) endAttempt({ tracer, span, beganAt, whereFailed: 'interrupted' }, result.current.state);
        return result;
      } finally {
        if (span.isRecording()) span.end();
      }
    },
  };
}

/** Whatever is left of an attempt when its command is done with: the log has not taken its outcome. */
export function leaveScope(scope: Scope): void {
  if (scope.span?.isRecording()) endUnrecorded(scope.span, 'unrecorded', null);
  scope.span = null;
}

interface Ending {
  readonly tracer: Tracer;
  readonly span: Span;
  /** When its outcome was handed to the log. */
  readonly beganAt: number;
  /** What it is where the event is to be tried again. */
  readonly whereFailed: AttemptOutcome;
}

/** A failure that is retried leaves the status unset: only what nothing follows by itself is an error of the whole trace. */
function endAttempt({ tracer, span, beganAt, whereFailed }: Ending, state: EventState | null): void {
  if (state === null || state.status === 'PROCESSED') {
    span.setAttribute(own.attemptOutcome, 'succeeded' satisfies AttemptOutcome);
    return span.end();
  }
  describe(span, state);
  if (state.status === 'DEAD') {
    span.setAttribute(own.attemptOutcome, 'dead-lettered' satisfies AttemptOutcome);
    span.setStatus({ code: SpanStatusCode.ERROR });
    const dead = tracer.startSpan('dead-letter', { startTime: new Date(beganAt) }, childOf(span.spanContext()));
    describe(dead, state);
    dead.setAttribute(own.eventType, state.received.type).setStatus({ code: SpanStatusCode.ERROR }).end();
  } else span.setAttribute(own.attemptOutcome, whereFailed);
  span.end();
}

/** By class and fingerprint, as in the log: what was thrown may quote a payload, and is in the history. */
function describe(span: Span, { failure, nextAttemptAt }: EventState): void {
  if (failure !== null)
    span.setAttributes({ [standard.errorType]: failure.class, [own.failureFingerprint]: failure.fingerprint });
  if (nextAttemptAt !== null) span.setAttribute(own.nextAttemptAt, nextAttemptAt);
}

function endUnrecorded(span: Span, outcome: AttemptOutcome, why: string | null): void {
  span.setAttribute(own.attemptOutcome, outcome);
  if (why !== null) span.setAttribute(standard.errorType, why);
  if (outcome === 'unrecorded') span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
