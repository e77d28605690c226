import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../../../../src/adapters/telemetry/metrics/metrics.ts';
import { decodeEventTransition, type KnownEvent } from '../../../../../src/application/event-history.ts';
import { eventIdOf, streamOf } from '../../../../../src/application/event-identity.ts';
import { load } from '../../../../../src/application/load.ts';
import type { EventLog } from '../../../../../src/application/ports/event-log.ts';
import { createUseCases, type UseCases } from '../../../../../src/application/use-cases.ts';
import { eventAggregate } from '../../../../../src/domain/event/aggregate.ts';
import type { EventCommand } from '../../../../../src/domain/event/commands.ts';
import type { Transition } from '../../../../../src/domain/event/transitions.ts';
import { order } from '../../../../support/domain/arbitrary.ts';
import { completeProcessing, failProcessing, startProcessing } from '../../../../support/domain/commands.ts';
import { moment } from '../../../../support/domain/transitions.ts';
import { createInMemoryLog } from '../../../../support/in-memory-log.ts';
import { readExposition, type Sample, sumOf } from '../../../../support/metrics/exposition.ts';
import { byClient, posted } from '../../../../support/worker/posting.ts';

const id = eventIdOf('client', 'k');
/** The clock of the domain's test commands. */
const clock = { now: () => Date.parse(moment(0)), monotonicMs: () => 0, sleep: async () => {} };
const random = { uuid: () => crypto.randomUUID(), fraction: () => 0.5 };

const stepOf: Readonly<Partial<Record<Transition['type'], string>>> = {
  EventReceived: 'received',
  ProcessingSucceeded: 'processed',
  ProcessingFailed: 'failed',
  ProcessingInterrupted: 'interrupted',
  RetryScheduled: 'retried',
  EventDeadLettered: 'dead',
  ReplayRequested: 'replayed',
  EventDiscarded: 'discarded',
};
const steps = Object.values(stepOf);

function processOn(log: EventLog) {
  const metrics = createMetrics({ clock, version: '1', roles: [], types: [] });
  const useCases = metrics.countedUseCases(createUseCases({ log, clock, random }));
  return { useCases, samples: async () => readExposition(await metrics.text()) };
}

async function carryOut(useCases: UseCases, { kind, ...command }: EventCommand, known: KnownEvent): Promise<unknown> {
  const by = { actor: { kind: 'process', process: 'w' } } as const;
  const act = { eventId: id, clientId: 'admin', requestedBy: 'ada', reason: 'why', key: null, context: by };
  const given = command as never;
  switch (kind) {
    case 'ReceiveEvent':
      return useCases.receiveEvent(posted('k'), byClient);
    case 'StartProcessing':
      return useCases.startProcessing(id, given, by, known);
    case 'CompleteProcessing':
      return useCases.completeProcessing(id, given, by, known);
    case 'FailProcessing':
      return useCases.failProcessing(id, given, by, known);
    case 'ExpireLease':
      return useCases.expireLease(id, given, by, known);
    case 'InterruptProcessing':
      return useCases.interruptProcessing(id, given, by, known);
    case 'ReplayEvent':
      return useCases.replayEvent({ ...act, permissionOf: () => 'safe' });
    case 'DiscardEvent':
      return useCases.discardEvent(act);
  }
}

/** Loses the answer to each append that `isLost` says, after it was written. */
function forgetful(log: EventLog, isLost: () => boolean): EventLog {
  const append: EventLog['append'] = async (request) => {
    const outcome = await log.append(request);
    return isLost() ? { kind: 'unknown', message: 'lost' } : outcome;
  };
  return { ...log, append };
}

describe('what is recorded of events', () => {
  it('is counted once each, by one of several processes that do the same at once, also when answers are lost', async () => {
    const asked = fc.record({ order, isLost: fc.boolean(), isStale: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { minLength: 10, maxLength: 40 }), async (series) => {
        const inner = createInMemoryLog();
        let losses = 0;
        const log = forgetful(inner, () => losses-- > 0);
        const processes = [processOn(log), processOn(log)];
        let known: KnownEvent = await load(eventAggregate, log, id);
        for (const each of series) {
          if (!each.isStale) known = await load(eventAggregate, log, id);
          const { state } = await load(eventAggregate, log, id);
          const command = each.order(state);
          losses = each.isLost ? 2 : 0;
          await Promise.all(processes.map(({ useCases }) => carryOut(useCases, command, known).catch(() => {})));
        }
        const recorded = (await inner.readStream(streamOf(id))).map((each) => stepOf[decodeEventTransition(each).type]);
        const samples = (await Promise.all(processes.map((one) => one.samples()))).flat();
        const counted = steps.map((status) => [status, sumOf(samples, 'eventops_events_total', { status })]);
        expect(counted).toEqual(steps.map((status) => [status, recorded.filter((each) => each === status).length]));
        expect(sumOf(samples, 'eventops_failures_total')).toBe(recorded.filter((each) => each === 'failed').length);
        for (const { name, value } of samples) if (name.endsWith('_sum')) expect(value).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 60 },
    );
  });

  describe('of one event', () => {
    async function lived(...commands: readonly EventCommand[]): Promise<readonly Sample[]> {
      const log = createInMemoryLog();
      const { useCases, samples } = processOn(log);
      await useCases.receiveEvent(posted('k', { type: 'order.placed' }), byClient);
      for (const command of commands) await carryOut(useCases, command, await load(eventAggregate, log, id));
      return samples();
    }
    const claim = { worker: 'worker-1', leaseExpiresAt: moment(30) };
    const labels = { type: 'order.placed' };

    it('shows how long its attempt waited and took, and the whole of it', async () => {
      const samples = await lived(
        startProcessing({ generation: 0, attempt: 1, now: moment(2), ...claim }),
        completeProcessing({ generation: 0, attempt: 1, claim, now: moment(7), durationMs: 4_000 }),
      );
      expect(sumOf(samples, 'eventops_attempt_wait_seconds_sum', labels)).toBe(2);
      expect(sumOf(samples, 'eventops_attempt_duration_seconds_sum', { ...labels, outcome: 'succeeded' })).toBe(4);
      expect(sumOf(samples, 'eventops_end_to_end_seconds_sum', { ...labels, outcome: 'processed' })).toBe(7);
    });

    it('shows no wait below zero, though the clock of the worker is behind that of the API', async () => {
      const samples = await lived(
        startProcessing({ generation: 0, attempt: 1, now: '2020-01-01T00:00:00.000Z', ...claim }),
        completeProcessing({ generation: 0, attempt: 1, claim, now: '2020-01-01T00:00:01.000Z', durationMs: 0 }),
      );
      expect(sumOf(samples, 'eventops_attempt_wait_seconds_count')).toBe(1);
      expect(sumOf(samples, 'eventops_attempt_wait_seconds_sum')).toBe(0);
      expect(sumOf(samples, 'eventops_end_to_end_seconds_sum')).toBe(0);
    });

    it('measures the wait for a retry from when it was due, not from the failure', async () => {
      const log = createInMemoryLog();
      const { useCases, samples } = processOn(log);
      await useCases.receiveEvent(posted('k'), byClient);
      const known = () => load(eventAggregate, log, id);
      await carryOut(useCases, startProcessing({ generation: 0, attempt: 1, now: moment(0), ...claim }), await known());
      await carryOut(useCases, failProcessing({ generation: 0, attempt: 1, claim, now: moment(1) }), await known());
      const due = (await known()).state?.nextAttemptAt as string;
      const now = new Date(Date.parse(due) + 500).toISOString();
      await carryOut(useCases, startProcessing({ generation: 0, attempt: 2, now, ...claim }), await known());
      expect(sumOf(await samples(), 'eventops_attempt_wait_seconds_sum')).toBe(0.5);
    });
  });
});
