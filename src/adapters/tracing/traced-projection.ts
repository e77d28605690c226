import { type Attributes, type Span, type SpanContext, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { traceContextOf } from '../../application/envelope.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { RecordedTransition } from '../../application/ports/event-log.ts';
import { own, standard } from './attributes.ts';
import { childOf, sampledContextOf } from './span-context.ts';

/**
 * A rebuild meets every transition of the log again, and the spans that began their traces are long gone from wherever they
 * were sent: what is older is projected without a span.
 */
const TRACED_WITHIN_MS = 600_000;

interface Projecting {
  readonly tracer: Tracer;
  readonly clock: Pick<Clock, 'now'>;
  readonly system: string;
  /** Of the read model. */
  readonly name: string;
}

interface Batch {
  readonly decoded: readonly { readonly recorded: RecordedTransition }[];
}

/**
 * Where a read model's rows are kept, with a span for each batch in each trace that the batch concerns: it ends when the rows
 * are committed, and a reader sees them. A batch of 5,000 transitions of which one is traced costs one span.
 */
export function tracedProjection<Store extends { commit(batch: never): Promise<void> }>(
  { tracer, clock, system, name }: Projecting,
  store: Store,
): Store {
  const commit = async (batch: Batch): Promise<void> => {
    const inner = () => (store.commit as (batch: Batch) => Promise<void>)(batch);
    const groups = groupsOf(batch, clock.now() - TRACED_WITHIN_MS);
    if (groups.length === 0) return inner();
    const about = {
      [standard.dbSystem]: system,
      [standard.dbOperation]: 'upsert',
      [own.projection]: name,
      [own.batchTransitions]: batch.decoded.length,
    };
    const spans = groups.map((group) => begin(tracer, `project ${name}`, group, about));
    try {
      await inner();
    } catch (error) {
      const type = error instanceof Error ? error.name : 'unknown';
      for (const span of spans) span.setAttribute(standard.errorType, type).setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      for (const span of spans) span.end();
    }
  };
  return { ...store, commit };
}

interface Group {
  readonly context: SpanContext;
  readonly transitions: RecordedTransition[];
}

function groupsOf({ decoded }: Batch, notBefore: number): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { recorded } of decoded) {
    const context = sampledContextOf(traceContextOf(recorded));
    if (context === null || Date.parse(recorded.recordedAt) < notBefore) continue;
    const group = groups.get(context.spanId) ?? { context, transitions: [] };
    group.transitions.push(recorded);
    groups.set(context.spanId, group);
  }
  return [...groups.values()];
}

function begin(tracer: Tracer, spanName: string, { context, transitions }: Group, about: Attributes): Span {
  const last = transitions.at(-1);
  const attributes = {
    ...about,
    ...(last && { [own.stream]: last.stream, [own.revision]: Number(last.revision) }),
    [own.transitions]: [...new Set(transitions.map(({ type }) => type))],
  };
  return tracer.startSpan(spanName, { attributes }, childOf(context));
}
