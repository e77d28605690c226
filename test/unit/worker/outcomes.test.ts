import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isUnbroken } from '../../../src/application/envelope.ts';
import { streamOf } from '../../../src/application/event-identity.ts';
import { load } from '../../../src/application/load.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import { eventAggregate } from '../../../src/domain/event/aggregate.ts';
import type { Claim } from '../../../src/domain/event/state.ts';
import type { Transition } from '../../../src/domain/event/transitions.ts';
import type { HandlerOutcome, HandlerRunner } from '../../../src/worker/handler-runner.ts';
import type { ConfiguredHandler } from '../../../src/worker/handlers/match-handler.ts';
import { NonRetryableError } from '../../../src/worker/handlers/non-retryable-error.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { byClient } from '../../support/worker/posting.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';
import { createWorkshop, handlerOf, type WorkshopOptions } from '../../support/worker/workshop.ts';

/** What the first attempt of one event leaves in its history after the claim. */
async function firstAttempt(
  handlers: readonly ConfiguredHandler[],
  options?: WorkshopOptions,
): Promise<readonly Transition[]> {
  const { receive, process, history } = await createWorkshop(handlers, options);
  const id = await receive('k');
  expect(await process(id)).toBe('acknowledged');
  return (await history(id)).slice(2);
}

const createRunnerThatSays = (next: () => HandlerOutcome | undefined): HandlerRunner => ({
  isolates: true,
  run: async () => next() ?? { kind: 'abandoned' },
  abandon: () => {},
  unhealthyReason: () => null,
  close: async () => {},
});

const throwing = (thrown: unknown, given: Partial<ConfiguredHandler> = {}) =>
  handlerOf(async () => {
    throw thrown;
  }, given);

class RateLimited extends Error {
  readonly retryAfterMs = 90_000;
}

describe('a failed attempt', () => {
  const policy = { maxAttempts: 9, initialDelayMs: 10, factor: 1, maxDelayMs: 60_000 };
  const retryOn = new Map([['RateLimited', policy]]);

  it('is retried by the policy of its class, no sooner than was asked for, up to the longest delay', async () => {
    const [, scheduled] = await firstAttempt([throwing(new RateLimited('busy'), { retryOn })]);
    expect(scheduled).toMatchObject({ type: 'RetryScheduled', data: { policy, delayMs: 60_000 } });
  });

  it('is retried by the usual policy when its class has none, whatever it is called', async () => {
    for (const name of ['Error', '__proto__', 'toString']) {
      const error = Object.assign(new Error('no'), { name });
      const [, scheduled] = await firstAttempt([throwing(error, { retryOn })]);
      expect(scheduled).toMatchObject({ type: 'RetryScheduled', data: { policy: { maxAttempts: 5 } } });
    }
  });
});

describe('an attempt', () => {
  it('that succeeds is recorded with its handler, its duration and a small result', async () => {
    const { clock, receive, process, history } = await createWorkshop([
      handlerOf(() => clock.sleep(40).then(() => ({ shipped: true })), { pattern: 'order.*', version: 'v7' }),
    ]);
    const id = await receive('k');
    await process(id);
    expect((await history(id)).at(-1)).toEqual({
      type: 'ProcessingSucceeded',
      data: {
        generation: 0,
        attempt: 1,
        durationMs: 40,
        handler: 'order.*',
        handlerVersion: 'v7',
        result: { shipped: true },
      },
    });
  });

  it('that fails schedules the next one by the policy of its type', async () => {
    const retry = { maxAttempts: 2, initialDelayMs: 100, factor: 3, maxDelayMs: 1_000 };
    const [failed, scheduled] = await firstAttempt([throwing(new TypeError('It fails'), { retry })]);
    expect(failed).toMatchObject({
      type: 'ProcessingFailed',
      data: { handler: '*', failure: { class: 'TypeError', message: 'It fails', retryable: true } },
    });
    if (scheduled?.type !== 'RetryScheduled') throw new Error('There is no retry');
    expect(scheduled.data).toMatchObject({ attempt: 2, policy: retry });
    expect(scheduled.data.delayMs, 'by random, within the policy').toBeLessThan(100);
  });

  it.each([
    ['throws a NonRetryableError', throwing(new NonRetryableError('Never')), 'NonRetryableError'],
    ['throws an error that says so itself', throwing(Object.assign(new Error('No'), { retryable: false })), 'Error'],
    [
      'gets a payload that does not fit',
      handlerOf(() => null, { schema: z.object({ orderId: z.number() }) }),
      'PayloadInvalid',
    ],
  ])('that %s is the last', async (_, handler, name) => {
    expect(await firstAttempt([handler])).toMatchObject([
      { type: 'ProcessingFailed', data: { failure: { class: name, retryable: false } } },
      { type: 'EventDeadLettered', data: { reason: 'not-retryable' } },
    ]);
  });

  it('without a handler is the last, and says for which type there is none', async () => {
    expect(await firstAttempt([])).toMatchObject([
      {
        type: 'ProcessingFailed',
        data: { handler: null, failure: { class: 'NoHandler', message: 'No handler is configured for order.placed' } },
      },
      { type: 'EventDeadLettered', data: { reason: 'no-handler' } },
    ]);
  });

  it('ends at its deadline, also when the handler ignores its signal', async () => {
    let signal: AbortSignal | undefined;
    const hangs = handlerOf(
      (_, context) => {
        ({ signal } = context);
        return new Promise(() => {});
      },
      { timeoutMs: 1_000 },
    );
    const [failed] = await firstAttempt([hangs]);
    expect(failed).toMatchObject({
      data: {
        failure: { class: 'HandlerTimeout', message: 'The handler did not finish within 1000 ms', retryable: true },
      },
    });
    expect(signal?.aborted).toBe(true);
  });

  it('that heeds its signal has timed out all the same', async () => {
    const heeds = handlerOf(
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('Heard')));
        }),
      { timeoutMs: 1_000 },
    );
    expect(await firstAttempt([heeds])).toMatchObject([{ data: { failure: { class: 'HandlerTimeout' } } }, {}]);
  });

  it('succeeds also when what it returns cannot be kept, and a warning says so', async () => {
    const logger = createRecordingLogger();
    const [succeeded] = await firstAttempt([handlerOf(() => ({ big: 10n }))], { logger });
    expect(succeeded).toMatchObject({ type: 'ProcessingSucceeded', data: { result: null } });
    expect(logger.lines).toMatchObject([
      { level: 'warn', message: "the handler's result is not kept: it has no JSON form" },
    ]);
  });
});

describe('what an outcome says of time', () => {
  it('counts from the moment at which it was recorded, however late the log takes it', async () => {
    const refusing = createInMemoryLog();
    let refusals = 5;
    const log: EventLog = {
      ...refusing,
      append: async (request) => {
        const isOutcome = request.transitions[0]?.type === 'ProcessingFailed';
        if (!isOutcome || refusals-- <= 0) return refusing.append(request);
        return { kind: 'refused', refusal: { code: 'unavailable', message: 'The disk is full' } };
      },
    };
    const { receive, process } = await createWorkshop([throwing(new Error('It fails'))], { log });
    const id = await receive('k');
    await process(id);
    const recorded = (await log.readStream(streamOf(id))).at(-1);
    const { dueAt, delayMs } = JSON.parse(recorded?.data ?? '');
    expect(refusals).toBeLessThan(0);
    expect(Date.parse(dueAt) - Date.parse(recorded?.recordedAt ?? '')).toBe(delayMs);
  });
});

describe('an outcome', () => {
  const unavailable = { kind: 'refused', refusal: { code: 'unavailable', message: 'The disk is full' } } as const;

  /** A log that takes claims, and takes outcomes only when asked often enough. */
  function logThatRefusesOutcomes(times: number): EventLog {
    const log = createInMemoryLog();
    let refused = 0;
    return {
      ...log,
      append: async (request) => {
        const isOutcome = request.transitions[0]?.type.startsWith('ProcessingSucceeded');
        return isOutcome && refused++ < times ? unavailable : log.append(request);
      },
    };
  }

  it('that the log does not take at first is recorded once it does', async () => {
    const [succeeded] = await firstAttempt([handlerOf(() => 'done')], { log: logThatRefusesOutcomes(5) });
    expect(succeeded).toMatchObject({ type: 'ProcessingSucceeded', data: { result: 'done' } });
  });

  it('that the log does not take until the lease ends is left to the sweep', async () => {
    const logger = createRecordingLogger();
    const log = logThatRefusesOutcomes(Number.POSITIVE_INFINITY);
    expect(await firstAttempt([handlerOf(() => 'done')], { log, logger })).toEqual([]);
    expect(logger.lines.map(({ message }) => message)).toEqual([
      'the outcome cannot be recorded; the attempt is left to the sweep',
    ]);
  });

  it('whose answer was lost is recorded once, and known when it is offered again', async () => {
    const log = createInMemoryLog();
    let answers = 0;
    const forgetful: EventLog = {
      ...log,
      append: async (request) => {
        const outcome = await log.append(request);
        // The first two appends are the event's own and the claim.
        return answers++ >= 2 && answers < 12 ? { kind: 'unknown', message: 'No answer' } : outcome;
      },
    };
    const logger = createRecordingLogger();
    const after = await firstAttempt([throwing(new Error('It fails'))], { log: forgetful, logger });
    expect(after.map(({ type }) => type)).toEqual(['ProcessingFailed', 'RetryScheduled']);
    expect(
      logger.lines.map(({ message }) => message),
      'the log knows the outcome as the one it has',
    ).toEqual(['an attempt failed and is retried']);
  });

  it('that is an interruption whose answer was lost leaves a history that can be gone on with', async () => {
    const log = createInMemoryLog();
    let lost = 10;
    const forgetful: EventLog = {
      ...log,
      append: async (request) => {
        const outcome = await log.append(request);
        if (request.transitions[0]?.type !== 'ProcessingInterrupted' || lost-- <= 0) return outcome;
        return { kind: 'unknown', message: 'No answer' };
      },
    };
    const outcomes: HandlerOutcome[] = [{ kind: 'succeeded', result: null }, { kind: 'interrupted' }];
    const runner = createRunnerThatSays(() => outcomes.pop());
    const { receive, process } = await createWorkshop([handlerOf(() => {})], { log: forgetful, runner });
    const id = await receive('k');
    await process(id);
    const history = await log.readStream(streamOf(id));
    expect(history.map(({ type }) => type).slice(2)).toEqual([
      ...['ProcessingInterrupted', 'ProcessingStarted', 'ProcessingSucceeded'],
    ]);
    expect(lost, 'the outcome was offered again').toBeLessThan(5);
    expect(isUnbroken(history)).toBe(true);
  });

  it('of an attempt that was given up meanwhile is dropped', async () => {
    const logger = createRecordingLogger();
    const { log, clock, receive, deliver, history, useCases } = await createWorkshop(
      [handlerOf(() => clock.sleep(5_000))],
      {
        logger,
      },
    );
    const id = await receive('k');
    const settled = deliver(id);
    await clock.run(1_000);
    const policy = { maxAttempts: 2, initialDelayMs: 0, factor: 1, maxDelayMs: 0 };
    const { state } = await load(eventAggregate, log, id);
    const expiry = {
      generation: 0,
      attempt: 1,
      claim: state?.claim as Claim,
      policy,
      now: new Date(clock.now()).toISOString(),
      jitter: 0,
      workerIsGone: true,
    };
    await useCases.expireLease(id, expiry, byClient);
    expect(await clock.finish(settled)).toBe('acknowledged');
    expect((await history(id)).map(({ type }) => type)).toEqual([
      'EventReceived',
      'ProcessingStarted',
      'ProcessingInterrupted',
    ]);
    expect(logger.lines.at(-1)?.message).toBe('outcome dropped: the attempt was given up before');
  });
});
