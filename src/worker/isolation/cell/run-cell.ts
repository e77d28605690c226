import { randomUUID } from 'node:crypto';
import type { MonotonicClock } from '../../../application/ports/clock.ts';
import { AbortOnDemand } from '../../abort-on-demand.ts';
import { createDeadlines } from '../../deadlines.ts';
import { describeFailure, failure } from '../../describe-failure.ts';
import { type Culprit, catchUncaught, culprit, dieOf, onBehalfOf } from '../../handler-context.ts';
import { createHandlerLogger } from '../../handler-log.ts';
import type { HandlerEnd } from '../../handler-runner.ts';
import { loadConfig } from '../../handlers/load-config.ts';
import type { ConfiguredHandler } from '../../handlers/match-handler.ts';
import { invokeHandler } from '../../invoke-handler.ts';
import { lockGlobals } from '../../lock-globals.ts';
import type { CellRun, CellSettings, FromCell, ToCell } from '../messages.ts';
import { isAtWork, type Leftovers, watchTimers } from './leftovers.ts';
import { createOutbox } from './outbox.ts';

/** How a cell speaks with the worker: lines of a socket, or messages of a thread. */
export interface Channel {
  send(message: FromCell): void;
  receive(onMessage: (message: ToCell) => void): void;
}

interface Running extends Culprit {
  readonly run: CellRun;
  readonly abort: AbortOnDemand;
  readonly leftovers: Leftovers;
  /** Says whether this is how it ended. */
  end(end: HandlerEnd): boolean;
}

// Taken before any handler is loaded, and before timers are watched.
const { setTimeout, clearTimeout } = globalThis;
const clock: Pick<MonotonicClock, 'monotonicMs' | 'sleep'> = {
  monotonicMs: () => performance.now(),
  sleep: (delayMs) => new Promise((resolve) => void setTimeout(resolve, delayMs)),
};

/** Loads the handlers and runs what the worker sends, until the worker closes the channel or ends the cell. */
export async function runCell(settings: CellSettings, channel: Channel): Promise<void> {
  const { configPath, leftoverGraceMs, followsCalls } = settings;
  const outbox = createOutbox((message) => channel.send(message));
  const running = new Map<number, Running>();
  const byOwner = new WeakMap<Culprit, Running>();
  const stopCatching = catchUncaught((error) => dieOf(error, stopCatching));
  let handlers: ReadonlyMap<string, ConfiguredHandler>;
  try {
    watchTimers(() => {
      const owner = culprit();
      return owner && byOwner.get(owner)?.leftovers;
    });
    if (followsCalls) {
      const { followOutgoingCalls } = await import('../../outgoing-calls.ts');
      followOutgoingCalls(() => culprit()?.caller, { clock: { now: Date.now }, random: { uuid: randomUUID } });
    }
    handlers = new Map((await loadConfig(configPath)).map((handler) => [handler.pattern, handler]));
    lockGlobals();
  } catch (error) {
    channel.send({ unusable: error instanceof Error ? error.message : String(error) });
    return;
  }

  const deadlines = createDeadlines<Running>(clock, (one) => {
    const reason = `The handler did not finish within ${handlers.get(one.run.pattern)?.timeoutMs} ms`;
    one.end({ kind: 'failed', failure: failure('HandlerTimeout', reason, true) });
    onBehalfOf(one, () => one.abort.abort(new Error(reason)));
  });

  const begin = (run: CellRun): Running => {
    let changed = () => {};
    const { traceparent } = run;
    const isFollowed = run.followsCalls === true && traceparent !== null;
    const one: Running = {
      run,
      caller: isFollowed ? { traceparent, called: (call) => outbox.called(run.run, call) } : undefined,
      abort: new AbortOnDemand(),
      leftovers: { timers: new Set(), changed: () => changed() },
      end: (end) => {
        if (!running.delete(run.run)) return false;
        deadlines.remove(one);
        if (isAtWork(one.leftovers)) outbox.leftover();
        outbox.ended(run.run, end);
        return true;
      },
      threw: (error, origin) => {
        if (origin === 'uncaughtException') outbox.worn();
        const end = { kind: 'failed', failure: describeFailure(error) } as const;
        if (!one.end(end) && !outbox.failedAfterAll(run.run, end))
          outbox.late(run.run, `${end.failure.class}: ${end.failure.message}`);
      },
    };
    running.set(run.run, one);
    byOwner.set(one, one);

    const isQuiet = () =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftoverGraceMs);
        changed = () => {
          if (isAtWork(one.leftovers)) return;
          clearTimeout(timer);
          resolve();
        };
      });
    const act = async (handler: ConfiguredHandler) => {
      const logger = () => createHandlerLogger((line) => outbox.said(run.run, line));
      const end = await invokeHandler(run, handler, { abort: one.abort, logger });
      if (end.kind === 'succeeded' && isAtWork(one.leftovers)) await isQuiet();
      one.end(end);
    };
    const handler = handlers.get(run.pattern);
    if (handler === undefined) {
      const problem = `The process of handlers has no handler ${run.pattern}: the configuration was changed after the start`;
      one.end({ kind: 'failed', failure: failure('NoHandler', problem, true) });
    } else {
      deadlines.add(one, handler.timeoutMs);
      void onBehalfOf(one, () => act(handler));
    }
    return one;
  };

  channel.receive((message) => {
    if ('runs' in message) for (const run of message.runs) begin(run);
    else if ('ping' in message) channel.send({ pong: message.ping });
    else
      for (const run of message.abort) {
        const one = running.get(run);
        if (one) onBehalfOf(one, () => one.abort.abort(new Error(message.reason)));
      }
  });
  channel.send({ ready: true });
}
