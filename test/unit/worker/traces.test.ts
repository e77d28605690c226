import { describe, expect, it } from 'vitest';
import { unseal } from '../../../src/application/envelope.ts';
import { streamOf } from '../../../src/application/event-identity.ts';
import { load } from '../../../src/application/load.ts';
import { eventAggregate } from '../../../src/domain/event/aggregate.ts';
import { byClient, posted } from '../../support/worker/posting.ts';
import { createWorkshop, handlerOf } from '../../support/worker/workshop.ts';

const traceOf = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;
const [ofPost, ofReplay] = [traceOf('1'), traceOf('2')];

/** A worker whose handler fails at its first attempt, and keeps the traces that it is given. */
async function traced() {
  const given: (string | null)[] = [];
  const stumbling = handlerOf(
    (_, { attempt, traceparent }) => {
      given.push(traceparent);
      if (attempt === 1) throw new Error('It stumbles');
    },
    { retry: { maxAttempts: 2, initialDelayMs: 0, factor: 1, maxDelayMs: 0 } },
  );
  const workshop = await createWorkshop([stumbling]);
  const { useCases, log } = workshop;
  return {
    ...workshop,
    given,
    post: async (traceparent?: string) => (await useCases.receiveEvent(posted('k'), { ...byClient, traceparent })).id,
    replay: (eventId: string, traceparent?: string) =>
      useCases.replayEvent({
        ...{ eventId, clientId: 'client', requestedBy: 'operator', reason: 'It is fixed', key: null },
        ...{ context: { ...byClient, traceparent }, permissionOf: () => 'safe' },
      }),
    recorded: async (eventId: string) =>
      (await log.readStream(streamOf(eventId))).map((each) => [each.type, unseal(each).envelope.traceparent]),
  };
}

describe('the trace of a request', () => {
  it('goes on into the claim, the handler, the outcome and the retry', async () => {
    const { post, process, given, recorded } = await traced();
    const id = await post(ofPost);
    await process(id);
    await process(id, { attempt: 2 });
    expect(given).toEqual([ofPost, ofPost]);
    const types = ['EventReceived', 'ProcessingStarted', 'ProcessingFailed', 'RetryScheduled', 'ProcessingStarted'];
    expect(await recorded(id)).toEqual([...types, 'ProcessingSucceeded'].map((type) => [type, ofPost]));
  });

  it('goes on from a command that carries an event without it, as a message does', async () => {
    const { post, process, given, recorded, log } = await traced();
    const id = await post();
    await process(id, { event: await load(eventAggregate, log, id), traceparent: ofPost });
    expect(given).toEqual([ofPost]);
    expect(await recorded(id)).toEqual([
      ['EventReceived', undefined],
      ...['ProcessingStarted', 'ProcessingFailed', 'RetryScheduled'].map((type) => [type, ofPost]),
    ]);
  });

  it('is replaced by that of a replay', async () => {
    const { post, replay, process, given, recorded } = await traced();
    const id = await post(ofPost);
    for (const attempt of [1, 2]) await process(id, { attempt });
    await replay(id, ofReplay);
    await process(id, { generation: 1 });
    expect(given).toEqual([ofPost, ofPost, ofReplay]);
    expect((await recorded(id)).slice(-4).map(([, traceparent]) => traceparent)).toEqual(Array(4).fill(ofReplay));
  });

  it('goes on when the lease of its worker ends', async () => {
    const { post, useCases, recorded } = await traced();
    const id = await post(ofPost);
    const claim = { worker: 'gone', leaseExpiresAt: '2026-01-01T00:00:00.000Z' };
    const run = { generation: 0, attempt: 1, now: claim.leaseExpiresAt };
    await useCases.startProcessing(id, { ...run, ...claim }, byClient);
    const policy = { maxAttempts: 2, initialDelayMs: 0, factor: 1, maxDelayMs: 0 };
    await useCases.expireLease(id, { ...run, claim, policy, jitter: 0, workerIsGone: true }, byClient);
    expect((await recorded(id)).at(-1)).toEqual(['ProcessingInterrupted', ofPost]);
  });

  it('is none where the request had none', async () => {
    const { post, process, given, recorded } = await traced();
    const id = await post();
    await process(id);
    expect(given).toEqual([null]);
    expect((await recorded(id)).map(([, traceparent]) => traceparent)).toEqual(Array(4).fill(undefined));
  });
});
