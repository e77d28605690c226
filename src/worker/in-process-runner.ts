import type { Clock } from '../application/ports/clock.ts';
import type { Logger } from '../application/ports/logger.ts';
import { describeFailure, failure } from './describe-failure.ts';
import type { HandlerOutcome, HandlerRun, HandlerRunner } from './handler-runner.ts';
import type { HandlerContext } from './handlers/define-config.ts';
import { smallResult } from './small-result.ts';

/**
 * How late a deadline may be noticed. One look at all that runs, this often, costs nothing, while a sleep with an abort
 * listener for each event costs 5 of the 66 µs that an event may cost at 15,000 events/s.
 */
const DEADLINE_CHECK_MS = 25;
const MAX_ISSUES_TOLD = 10;

interface Running {
  readonly endsAt: number;
  readonly run: HandlerRun;
  readonly abort: AbortController;
  readonly end: (outcome: HandlerOutcome) => void;
}

/**
 * Runs handlers in this process, beside everything else: one that blocks the thread blocks them all, and one that ends
 * the process ends them all.
 */
export function createInProcessRunner({ clock, logger }: { clock: Clock; logger: Logger }): HandlerRunner {
  const running = new Set<Running>();
  let isWatching = false;

  // The outcome first: what the handler makes of its signal comes too late to count.
  const stop = ({ end, abort }: Running, outcome: HandlerOutcome, reason: string) => {
    end(outcome);
    abort.abort(new Error(reason));
  };

  const watchDeadlines = async () => {
    isWatching = true;
    while (running.size > 0) {
      await clock.sleep(DEADLINE_CHECK_MS);
      const now = clock.now();
      for (const one of running) {
        if (now < one.endsAt) continue;
        const reason = `The handler did not finish within ${one.run.handler.timeoutMs} ms`;
        stop(one, { kind: 'failed', failure: failure('HandlerTimeout', reason, true) }, reason);
      }
    }
    isWatching = false;
  };

  return {
    run: (run) =>
      new Promise((resolve) => {
        const one: Running = {
          endsAt: clock.now() + run.handler.timeoutMs,
          run,
          abort: new AbortController(),
          end: (outcome) => {
            if (running.delete(one)) resolve(outcome);
          },
        };
        running.add(one);
        if (!isWatching) void watchDeadlines();
        void invoke(run, one.abort.signal, logger).then(one.end);
      }),
    abandon: () => {
      for (const one of running) stop(one, { kind: 'abandoned' }, 'The process is shutting down');
    },
  };
}

/** Never rejects. */
async function invoke(run: HandlerRun, signal: AbortSignal, logger: Logger): Promise<HandlerOutcome> {
  const { eventId, state, receivedAt, handler } = run;
  const { type, source } = state.received;
  const { generation, attempts: attempt } = state;
  try {
    let payload: unknown = JSON.parse(state.received.payload);
    if (handler.schema) {
      const checked = await handler.schema['~standard'].validate(payload);
      if (checked.issues) return { kind: 'failed', failure: payloadInvalid(checked.issues) };
      payload = checked.value;
    }
    let own: Logger | undefined;
    const context: HandlerContext = {
      signal,
      // Made when it is asked for, since most handlers say nothing.
      get logger() {
        own ??= logger.child({ eventId, type, generation, attempt });
        return own;
      },
      idempotencyKey: `${eventId}:${generation}`,
      attempt,
      maxAttempts: handler.retry.maxAttempts,
    };
    const returned = await handler.handle(
      { id: eventId, type, source, payload, receivedAt, generation, attempt },
      context,
    );
    const { result, problem } = smallResult(returned);
    if (problem !== null)
      logger.warn({ eventId, type, handler: handler.pattern }, `the handler's result is not kept: ${problem}`);
    return { kind: 'succeeded', result };
  } catch (thrown) {
    return { kind: 'failed', failure: describeFailure(thrown) };
  }
}

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Names places and rules, never values. */
function payloadInvalid(issues: readonly Issue[]) {
  const told = issues.slice(0, MAX_ISSUES_TOLD).map(({ path = [], message }) => {
    const pointer = path.map((part) => `/${String(typeof part === 'object' ? part.key : part)}`).join('');
    return `${pointer || 'the payload'}: ${message}`;
  });
  if (issues.length > told.length) told.push(`and ${issues.length - told.length} more`);
  return failure('PayloadInvalid', told.join('; '), false);
}
