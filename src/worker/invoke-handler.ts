import type { HandlerLogger, Logger } from '../application/ports/logger.ts';
import type { AbortOnDemand } from './abort-on-demand.ts';
import { describeFailure, failure } from './describe-failure.ts';
import type { HandlerEnd, HandlerOutcome, HandlerRun } from './handler-runner.ts';
import type { HandlerContext } from './handlers/define-config.ts';
import type { ConfiguredHandler } from './handlers/match-handler.ts';
import { smallResult } from './small-result.ts';

const MAX_ISSUES_NAMED = 10;

/** What a handler gets to see of a run, as plain JSON, so that it can be handed to another process. */
export interface Invocation {
  readonly eventId: string;
  readonly type: string;
  readonly source: string;
  /** JSON text. */
  readonly payload: string;
  readonly receivedAt: string;
  readonly generation: number;
  readonly attempt: number;
  readonly traceparent: string | null;
}

export const invocationOf = ({ eventId, state, receivedAt, traceparent }: HandlerRun): Invocation => {
  const { type, source, payload } = state.received;
  const run = { generation: state.generation, attempt: state.attempts };
  return { eventId, type, source, payload, receivedAt, ...run, traceparent };
};

/** What is recorded of a handler's end. A result that cannot be kept is said to the operator, and is none. */
export function outcomeOf(ended: HandlerEnd, { eventId, state, handler }: HandlerRun, logger: Logger): HandlerOutcome {
  if (ended.kind === 'failed') return ended;
  const { result, problem } = ended;
  if (problem !== null) {
    const about = { eventId, type: state.received.type, pattern: handler.pattern };
    logger.warn(about, `the handler's result is not kept: ${problem}`);
  }
  return { kind: 'succeeded', result };
}

/** Runs a handler once, wherever that is. Never rejects: whatever the handler does is an outcome. */
export async function invokeHandler(
  invocation: Invocation,
  handler: ConfiguredHandler,
  { abort, logger }: { readonly abort: AbortOnDemand; readonly logger: () => HandlerLogger },
): Promise<HandlerEnd> {
  const { eventId, type, source, receivedAt, generation, attempt, traceparent } = invocation;
  try {
    let payload: unknown = JSON.parse(invocation.payload);
    if (handler.schema) {
      const checked = await handler.schema['~standard'].validate(payload);
      if (checked.issues) return { kind: 'failed', failure: payloadInvalid(checked.issues) };
      payload = checked.value;
    }
    let own: HandlerLogger | undefined;
    const context: HandlerContext = {
      get signal() {
        return abort.signal;
      },
      // Made when it is asked for, since most handlers say nothing.
      get logger() {
        own ??= logger();
        return own;
      },
      idempotencyKey: `${eventId}:${generation}`,
      attempt,
      maxAttempts: handler.retry.maxAttempts,
      traceparent,
    };
    const returned = await handler.handle(
      { id: eventId, type, source, payload, receivedAt, generation, attempt },
      context,
    );
    return { kind: 'succeeded', ...smallResult(returned) };
  } catch (thrown) {
    return { kind: 'failed', failure: describeFailure(thrown) };
  }
}

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Names paths and rules, never values. */
function payloadInvalid(issues: readonly Issue[]) {
  const named = issues.slice(0, MAX_ISSUES_NAMED).map(({ path = [], message }) => {
    const pointer = path.map((part) => `/${String(typeof part === 'object' ? part.key : part)}`).join('');
    return `${pointer || 'the payload'}: ${message}`;
  });
  if (issues.length > named.length) named.push(`and ${issues.length - named.length} more`);
  return failure('PayloadInvalid', named.join('; '), false);
}
