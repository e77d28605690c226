import type { MonotonicClock } from '../application/ports/clock.ts';
import type { Logger } from '../application/ports/logger.ts';
import { AbortOnDemand } from './abort-on-demand.ts';
import { createDeadlines, type DeadlineLimits } from './deadlines.ts';
import { describeFailure, failure } from './describe-failure.ts';
import { onBehalfOf } from './handler-context.ts';
import { createHandlerLogger, writeHandlerLine } from './handler-log.ts';
import type { HandlerOutcome, HandlerRun, HandlerRunner } from './handler-runner.ts';
import { invocationOf, invokeHandler, outcomeOf } from './invoke-handler.ts';

interface Running {
  readonly run: HandlerRun;
  readonly abort: AbortOnDemand;
  readonly end: (outcome: HandlerOutcome) => boolean;
}

/**
 * Runs handlers in this process, beside everything else: one that blocks the thread blocks them all, and one that ends
 * the process ends them all. What a handler throws behind our back is taken for its failure as long as errors are caught
 * with `catchUncaught`.
 */
export function createInProcessRunner({
  clock,
  logger,
  deadlineLimits,
}: {
  readonly clock: MonotonicClock;
  readonly logger: Logger;
  readonly deadlineLimits?: DeadlineLimits;
}): HandlerRunner {
  const running = new Set<Running>();
  const culpritOf = (one: Running) => ({
    caller: callerOf(one.run),
    threw: (error: unknown) => {
      const { eventId } = one.run;
      if (!one.end({ kind: 'failed', failure: describeFailure(error) }))
        logger.error({ err: error, eventId }, 'a handler went on after its end, and failed');
    },
  });

  // The outcome first: what the handler makes of its signal comes too late to count.
  const stop = (one: Running, outcome: HandlerOutcome, reason: string) => {
    one.end(outcome);
    // A listener that throws is the handler's doing.
    onBehalfOf(culpritOf(one), () => one.abort.abort(new Error(reason)));
  };
  const deadlines = createDeadlines<Running>(
    clock,
    (one) => {
      const reason = `The handler did not finish within ${one.run.handler.timeoutMs} ms`;
      stop(one, { kind: 'failed', failure: failure('HandlerTimeout', reason, true) }, reason);
    },
    deadlineLimits,
  );

  return {
    isolates: false,
    run: (run) =>
      new Promise((resolve) => {
        const one: Running = {
          run,
          abort: new AbortOnDemand(),
          end: (outcome) => {
            if (!running.delete(one)) return false;
            deadlines.remove(one);
            resolve(outcome);
            return true;
          },
        };
        running.add(one);
        deadlines.add(one, run.handler.timeoutMs);
        const invocation = invocationOf(run);
        const { eventId, type, generation, attempt } = invocation;
        const about = { eventId, type, generation, attempt };
        const ownLogger = () => createHandlerLogger((line) => writeHandlerLine(logger, about, line));
        void onBehalfOf(culpritOf(one), () =>
          invokeHandler(invocation, run.handler, { abort: one.abort, logger: ownLogger }),
        ).then((ended) => one.end(outcomeOf(ended, run, logger)));
      }),
    abandon: () => {
      for (const one of running) stop(one, { kind: 'abandoned' }, 'The process is shutting down');
    },
    unhealthyReason: () => null,
    close: async () => {},
  };
}

const callerOf = ({ traceparent, called }: HandlerRun) =>
  called === undefined || traceparent === null ? undefined : { traceparent, called };
