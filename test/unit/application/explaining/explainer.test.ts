import { describe, expect, it } from 'vitest';
import { deriveUuid, streamOf } from '../../../../src/application/event-identity.ts';
import { groupOf } from '../../../../src/application/failure-groups/identity.ts';
import { handleCommand } from '../../../../src/application/handle-command.ts';
import type { EventLog } from '../../../../src/application/ports/event-log.ts';
import { LlmFailed } from '../../../../src/application/ports/llm-client.ts';
import type { Transition } from '../../../../src/domain/event/transitions.ts';
import { failureGroupAggregate } from '../../../../src/domain/failure-group/aggregate.ts';
import type { FailureGroupCommand } from '../../../../src/domain/failure-group/commands.ts';
import { manualClock } from '../../../support/api/manual-clock.ts';
import {
  deadLettered,
  failed,
  failure,
  received,
  retryScheduled,
  started,
  succeeded,
} from '../../../support/domain/transitions.ts';
import {
  budgetInMemory,
  checkpointsInMemory,
  explainAll,
  explanationsIn,
  modelInMemory,
  random,
  soundAnswer,
} from '../../../support/explaining/explained-log.ts';
import { createInMemoryLog } from '../../../support/in-memory-log.ts';
import { sealedHistory } from '../../../support/sealed-history.ts';
import { createVirtualClock } from '../../../support/worker/virtual-clock.ts';

const eventId = (name: string | number) => deriveUuid('explained', String(name));

async function append(log: EventLog, name: string | number, history: readonly Transition[]): Promise<void> {
  const id = eventId(name);
  const outcome = await log.append({
    stream: streamOf(id),
    expectedRevision: 'no-stream',
    transitions: sealedHistory(history, id),
  });
  if (outcome.kind !== 'appended') throw new Error(outcome.kind);
}

const withMessage = (message: string, version?: string): Transition => {
  const one = failed({}, { ...failure, message });
  if (one.type !== 'ProcessingFailed') throw new Error('another type');
  return version === undefined ? one : { ...one, data: { ...one.data, handlerVersion: version } };
};
const dead = (message = failure.message, version?: string) => [
  received(),
  started(),
  withMessage(message, version),
  deadLettered(),
];
const groupFor = (message = failure.message) => groupOf('order.placed', { ...failure, message });

const act = (log: EventLog, id: string, command: FailureGroupCommand) =>
  handleCommand(
    failureGroupAggregate,
    { log, clock: manualClock(), random },
    { id, command, context: { actor: { kind: 'process', process: 'test' } } },
  );

describe('the explainer', () => {
  it('has one of a thousand equal dead letters explained', async () => {
    const log = createInMemoryLog();
    const model = modelInMemory();
    for (let number = 0; number < 1_000; number++) await append(log, number, dead(`order ${number} has no lines`));
    const answering = modelInMemory(() => ({
      proposed: { ...soundAnswer, restsOn: [{ source: 'transition', revision: 2, quote: 'has no lines' }] },
    }));
    await explainAll(log, { clients: [answering] });
    expect(answering.prompts).toHaveLength(1);
    expect(explanationsIn(log.all)).toMatchObject([
      { eventId: eventId(0), eventRevision: 2, provider: 'openai', request: null },
    ]);
    // Also from the beginning of the log, as after the loss of its checkpoint.
    await explainAll(log, { clients: [model] });
    expect(model.prompts).toHaveLength(0);
  });

  it('explains a group once for each version of its handler', async () => {
    const log = createInMemoryLog();
    for (const [name, version] of [
      ['a', '1'],
      ['b', '1'],
      ['c', '2'],
      ['d', '2'],
    ] as const)
      await append(log, name, dead(failure.message, version));
    await explainAll(log);
    expect(explanationsIn(log.all).map(({ handlerVersion }) => handlerVersion)).toEqual(['1', '2']);
  });

  it('looks at dead letters, and at failed attempts only where it is told to', async () => {
    const log = createInMemoryLog();
    await append(log, 'a', [received(), started(), withMessage('still trying'), retryScheduled()]);
    await append(log, 'b', [received(), started(), succeeded()]);
    await explainAll(log);
    expect(explanationsIn(log.all)).toEqual([]);
    await explainAll(log, { explains: 'failed' });
    expect(explanationsIn(log.all)).toHaveLength(1);
  });

  it('takes merged groups for one, and what was split off for another', async () => {
    const log = createInMemoryLog();
    const [one, other] = [groupFor('no stock'), groupFor('stock is missing')];
    const by = { requestedBy: 'alice', reason: 'same cause' };
    await act(log, other.id, {
      kind: 'MergeFailureGroup',
      of: other.of,
      id: other.id,
      into: one.id,
      beyond: [],
      ...by,
    });
    const splitOff = deriveUuid('split off');
    await act(log, one.id, { kind: 'SplitFailureGroup', of: one.of, containing: 'stock of 7', splitOff, ...by });
    await append(log, 'a', dead('no stock'));
    await append(log, 'b', dead('stock is missing'));
    await explainAll(log);
    expect(explanationsIn(log.all)).toHaveLength(1);
    await append(log, 'c', dead('no stock'));
    await explainAll(log);
    expect(explanationsIn(log.all)).toHaveLength(1);
  });

  it('explains the event that someone asks about, and once for each request', async () => {
    const log = createInMemoryLog();
    await append(log, 'a', dead());
    await append(log, 'b', dead());
    await explainAll(log);
    const { id, of } = groupFor();
    const request = {
      kind: 'RequestExplanation',
      of,
      eventId: eventId('b'),
      now: '2030-01-31T12:00:00.000Z',
      requestedBy: 'alice',
    } as const;
    await act(log, id, request);
    const model = modelInMemory();
    await explainAll(log, { clients: [model] });
    expect(model.prompts).toHaveLength(1);
    // Also when the request is read again, as after the loss of the checkpoint.
    await explainAll(log, { clients: [model] });
    expect(model.prompts).toHaveLength(1);
    expect(explanationsIn(log.all)).toMatchObject([
      { eventId: eventId('a'), request: null },
      { eventId: eventId('b'), request: 1 },
    ]);
  });

  it.each([1, 2, 3])('makes no more calls in a day than %i, and the rules answer then', async (callsPerDay) => {
    const words = ['red', 'green', 'blue', 'black'];
    const log = createInMemoryLog();
    for (const word of words) await append(log, word, dead(`${word} order has no lines`));
    const [model, budget] = [modelInMemory(), budgetInMemory()];
    await explainAll(log, { clients: [model], budget, callsPerDay });
    const by = words.map((_, index) => (index < callsPerDay ? 'openai' : 'rules'));
    expect([model.prompts.length, explanationsIn(log.all).map(({ provider }) => provider)]).toEqual([callsPerDay, by]);
    const why = `no call is left of the ${callsPerDay} of this day`;
    expect(explanationsIn(log.all)[callsPerDay]).toMatchObject({
      ...{ fallbacks: [{ provider: 'openai', why }], cost: { calls: 0 } },
    });
    // The next day has its own.
    const clock = manualClock();
    clock.advance(24 * 60 * 60 * 1_000);
    await append(log, 'white', dead('white order has no lines'));
    await explainAll(log, { clients: [model], budget, callsPerDay, clock });
    expect([model.prompts.length, explanationsIn(log.all).at(-1)?.provider]).toEqual([callsPerDay + 1, 'openai']);
  });

  it.each([1, 2, 3])('counts a second try, and the next model, among %i calls of a day', async (callsPerDay) => {
    const log = createInMemoryLog();
    await append(log, 'a', dead());
    const [clock, budget] = [{ ...manualClock(), sleep: async () => {} }, budgetInMemory()];
    const failing = modelInMemory(() => Promise.reject(new LlmFailed('it answers 500', { retryable: true })));
    const second = modelInMemory(undefined, 'gemini');
    await explainAll(log, { clients: [failing, second], budget, callsPerDay, clock });
    const none = `no call is left of the ${callsPerDay} of this day`;
    const openai = { provider: 'openai', why: callsPerDay === 1 ? `it answers 500; ${none}` : 'it answers 500' };
    expect(explanationsIn(log.all)).toMatchObject([
      callsPerDay === 3
        ? { provider: 'gemini', fallbacks: [openai], cost: { calls: 3 } }
        : { provider: 'rules', fallbacks: [openai, { provider: 'gemini', why: none }], cost: { calls: callsPerDay } },
    ]);
    expect(failing.prompts.length + second.prompts.length).toBe(callsPerDay);
  });

  it('sends the shape of a payload and none of its values', async () => {
    const log = createInMemoryLog();
    await append(log, 'a', dead());
    const model = modelInMemory();
    await explainAll(log, { clients: [model] });
    expect(model.prompts[0]?.user).toContain('orderId');
    expect(model.prompts[0]?.user).not.toContain('"1"');
    await append(log, 'b', dead('another failure'));
    await explainAll(log, { clients: [model], showsPayload: true });
    expect(model.prompts[1]?.user).toContain(String.raw`\"orderId\":\"1\"`);
  });

  it('pays for at most one call more when it is killed, wherever that is, and explains all', async () => {
    const messages = ['red', 'green', 'blue'].map((word) => `${word} order has no lines`);
    let stepsOfWhole = 0;
    for (let killedAt = 1; killedAt === 1 || killedAt <= stepsOfWhole; killedAt++) {
      const log = createInMemoryLog();
      for (const message of messages) await append(log, message, dead(message));
      const model = modelInMemory();
      const [checkpoints, budget] = [checkpointsInMemory(), budgetInMemory()];
      let steps = 0;
      let isKilled = false;
      const reach = () => {
        steps++;
        if (steps === killedAt || isKilled) {
          isKilled = true;
          throw new Error('killed');
        }
      };
      /** Two points for each: before it is done, and after. */
      const pointed = <Ports extends object>(port: Ports): Ports =>
        Object.fromEntries(
          Object.entries(port).map(([name, value]) => [
            name,
            typeof value !== 'function' || name === 'session' || name === 'subscribeAll'
              ? value
              : async (...given: unknown[]) => {
                  reach();
                  const outcome = await value(...given);
                  reach();
                  return outcome;
                },
          ]),
        ) as Ports;
      const parts = { clients: [pointed(model)], budget: pointed(budget), checkpoints: pointed(checkpoints) };
      await explainAll(pointed(log), parts).catch((error: Error) => expect(error.message).toBe('killed'));
      if (!isKilled) break;
      stepsOfWhole = killedAt + 1;
      await explainAll(log, { clients: [model], budget, checkpoints });
      expect(model.prompts.length, `killed at ${killedAt}`).toBeLessThanOrEqual(messages.length + 1);
      expect(explanationsIn(log.all), `killed at ${killedAt}`).toHaveLength(messages.length);
    }
    expect(stepsOfWhole).toBeGreaterThan(20);
  });

  it('asks no model twice because the log is away', async () => {
    const log = createInMemoryLog();
    await append(log, 'a', dead());
    const model = modelInMemory();
    let isAway = true;
    const realAppend = log.append.bind(log);
    const flaky: EventLog = {
      ...log,
      append: async (request) =>
        isAway ? { kind: 'refused', refusal: { code: 'unavailable', message: 'away' } } : realAppend(request),
    };
    const { explainerOf } = await import('../../../support/explaining/explained-log.ts');
    const clock = { ...manualClock(), sleep: async () => {} };
    const explainer = explainerOf(flaky, { clients: [model], clock });
    const batch = log.all;
    const { checkpoint } = (await log.head()) ?? {};
    if (checkpoint === undefined) throw new Error('The log is empty');
    await expect(explainer.handle(batch, checkpoint)).rejects.toThrow('away');
    isAway = false;
    await explainer.handle(batch, checkpoint);
    expect([model.prompts.length, explanationsIn(log.all).length]).toEqual([1, 1]);
  });

  it('leaves the rest of a batch when it is stopped', async () => {
    const log = createInMemoryLog();
    await append(log, 'a', dead());
    const { explainerOf } = await import('../../../support/explaining/explained-log.ts');
    const explainer = explainerOf(log, { stopping: AbortSignal.abort(new Error('stopping')) });
    const { checkpoint } = (await log.head()) ?? {};
    if (checkpoint === undefined) throw new Error('The log is empty');
    await expect(explainer.handle(log.all.slice(0, 2), checkpoint)).rejects.toThrow('stopping');
  });

  it('goes on past a history that is not what was written', async () => {
    const log = createInMemoryLog(undefined, (recorded) =>
      recorded.data.includes('has no lines')
        ? { ...recorded, data: recorded.data.replace('no lines', 'NO lines') }
        : recorded,
    );
    await append(log, 'a', dead());
    await append(log, 'b', dead('another failure'));
    await explainAll(log);
    expect(explanationsIn(log.all)).toMatchObject([{ eventId: eventId('b') }]);
  });

  it('stores what the second model says when the first one fails, and what rules say within a second when both do', async () => {
    const why = 'it answers 500';
    const failing = (provider: string) =>
      modelInMemory(() => Promise.reject(new LlmFailed(why, { retryable: true })), provider);
    for (const [second, provider] of [
      [modelInMemory(undefined, 'gemini'), 'gemini'],
      [failing('gemini'), 'rules'],
    ] as const) {
      const log = createInMemoryLog();
      await append(log, 'a', dead());
      const clock = createVirtualClock();
      const beganAt = clock.now();
      await clock.finish(explainAll(log, { clients: [failing('openai'), second], clock }));
      expect(clock.now() - beganAt).toBeLessThan(1_000);
      const fallbacks = [{ provider: 'openai', why }, ...(provider === 'rules' ? [{ provider: 'gemini', why }] : [])];
      expect(explanationsIn(log.all)).toMatchObject([{ provider, fallbacks }]);
    }
  });

  it('says of a failing model why it did not answer', async () => {
    const log = createInMemoryLog();
    await append(log, 'a', dead());
    const clock = { ...manualClock(), sleep: async () => {} };
    const failing = modelInMemory(() => Promise.reject(new LlmFailed('it answers 500', { retryable: true })));
    await explainAll(log, { clients: [failing], clock });
    expect(failing.prompts).toHaveLength(2);
    expect(explanationsIn(log.all)).toMatchObject([
      { provider: 'rules', fallbacks: [{ provider: 'openai', why: 'it answers 500' }], cost: { calls: 2 } },
    ]);
  });
});
