import { systemClock } from '../../adapters/system/clock.ts';
import { systemRandom } from '../../adapters/system/random.ts';
import { timestamp } from '../../application/ports/clock.ts';
import type { EventState } from '../../domain/event/state.ts';
import { noHandler } from '../../worker/describe-failure.ts';
import type { HandlerOutcome } from '../../worker/handler-runner.ts';
import type { EventOpsConfig, HandlerDefinition } from '../../worker/handlers/define-config.ts';
import { handlersOf } from '../../worker/handlers/load-config.ts';
import { createMatchHandler } from '../../worker/handlers/match-handler.ts';
import { createInProcessRunner } from '../../worker/in-process-runner.ts';
import { recordLog, type TestLine } from './recorded-log.ts';

/** An event as a test states it: what is left out is that of a first attempt that was received just now. */
export interface TestEvent {
  readonly type: string;
  /** Travels as JSON, as it does from a client: a `Date` arrives as a text. */
  readonly payload: unknown;
  readonly source?: string;
  /** A UUID. */
  readonly id?: string;
  /** RFC 3339 in UTC with milliseconds. */
  readonly receivedAt?: string;
  readonly generation?: number;
  readonly attempt?: number;
  /** Of the request that sent it. */
  readonly traceparent?: string;
}

/**
 * What the worker would record. A handler that does not finish by its deadline has failed with the class
 * `HandlerTimeout`, a payload that does not fit the schema with `PayloadInvalid`, and an event that no handler is for
 * with `NoHandler`.
 */
export type TestOutcome = Extract<HandlerOutcome, { readonly kind: 'succeeded' | 'failed' }> & {
  /** What the handler logged, and what the worker would log about it. */
  readonly log: readonly TestLine[];
};

/**
 * Runs the handler of an event once, in this process, as the worker does: with the checks of its schema, its deadline and
 * its context. Never rejects because of what the handler does.
 * @param handling a configuration, of which the handler for the event's type is run, or one handler.
 * @throws {ConfigInvalid} @throws {TypeError} for a payload that has no JSON form.
 */
export async function runHandler(handling: EventOpsConfig | HandlerDefinition, event: TestEvent): Promise<TestOutcome> {
  const config = 'handle' in handling ? { handlers: { [event.type]: handling } } : handling;
  const handler = createMatchHandler(handlersOf(config, 'the test', 'test'))(event.type);
  const { lines: log, logger } = recordLog();
  if (handler === null) return { kind: 'failed', failure: noHandler(event.type), log };
  const eventId = event.id ?? systemRandom.uuid();
  const receivedAt = event.receivedAt ?? timestamp(systemClock.now());
  const runner = createInProcessRunner({ clock: systemClock, logger });
  const outcome = await runner.run({
    ...{ eventId, receivedAt, handler },
    state: processing(event),
    traceparent: event.traceparent ?? null,
  });
  if (outcome.kind === 'succeeded' || outcome.kind === 'failed') return { ...outcome, log };
  throw new Error(
    `The handler's run ended as ${outcome.kind}, which a runner in this process does only when it is asked to`,
  );
}

/** The state of an event whose attempt has begun. */
function processing({ type, payload, source = 'test', generation = 0, attempt = 1 }: TestEvent): EventState {
  const text: string | undefined = JSON.stringify(payload);
  if (text === undefined) throw new TypeError(`The payload of the event ${type} has no JSON form`);
  return {
    status: 'PROCESSING',
    received: {
      type,
      source,
      payload: text,
      contentType: 'application/json',
      clientId: 'test',
      idempotencyKey: 'test',
      requestFingerprint: '',
      orderingKey: null,
      cloudEvent: null,
    },
    generation,
    attempts: attempt,
    claim: null,
    nextAttemptAt: null,
    failure: null,
    suspicions: [],
  };
}
