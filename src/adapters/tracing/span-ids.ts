import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace';

export interface SpanIds extends IdGenerator {
  /** The span that `begin` starts has this id, which another process has chosen. */
  given<Result>(spanId: string, begin: () => Result): Result;
}

export function createSpanIds(): SpanIds {
  const random = new RandomIdGenerator();
  let next: string | null = null;
  return {
    generateTraceId: () => random.generateTraceId(),
    generateSpanId: () => next ?? random.generateSpanId(),
    given(spanId, begin) {
      next = spanId;
      try {
        return begin();
      } finally {
        next = null;
      }
    },
  };
}
