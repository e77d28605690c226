import { describe, expect, it } from 'vitest';
import { unseal } from '../../../../src/application/envelope.ts';
import { streamOf } from '../../../../src/application/event-identity.ts';
import type { EventLog } from '../../../../src/application/ports/event-log.ts';
import { createInMemoryLog } from '../../../support/in-memory-log.ts';
import { traceOf, tracingInMemory } from '../../../support/otlp/tracing-in-memory.ts';
import { byClient, posted } from '../../../support/worker/posting.ts';
import { createWorkshop, handlerOf } from '../../../support/worker/workshop.ts';

const retry = { maxAttempts: 2, initialDelayMs: 0, factor: 1, maxDelayMs: 0 };
const stumbling = handlerOf(
  (_, { attempt }) => {
    if (attempt === 1) throw new RangeError('It stumbles');
  },
  { retry },
);

async function traced(handler = stumbling, log: EventLog = createInMemoryLog()) {
  // The sampler takes no request: that attempts are recorded was decided before.
  const { tracing, spans } = tracingInMemory({ sampler: 'parentbased_traceidratio', ratio: 0 });
  const workshop = await createWorkshop([handler], { log, tracing });
  const post = async (traceparent?: string) =>
    (await workshop.useCases.receiveEvent(posted('k'), { ...byClient, traceparent })).id;
  const ofAttempts = async () =>
    (await spans())
      .filter(({ kind }) => kind === 'CONSUMER')
      .map(({ name, status, attributes, links, parent }) => ({
        ...{ name, status, parent, links },
        outcome: attributes['eventops.attempt.outcome'],
      }));
  return { ...workshop, tracing, spans, post, ofAttempts };
}

describe('an attempt', () => {
  it('of an event whose request was recorded is a trace of its own, linked to what went before', async () => {
    const { post, process, spans } = await traced();
    const id = await post(traceOf('1'));
    for (const attempt of [1, 2]) await process(id, { attempt });
    const attempts = (await spans()).filter(({ kind }) => kind === 'CONSUMER');
    const [first, second] = attempts;
    expect(attempts.map(({ parent }) => parent)).toEqual([null, null]);
    expect(first?.links).toEqual([{ trace: '1'.repeat(32), kind: 'ingest' }]);
    expect(second?.links).toEqual([...(first?.links ?? []), { trace: first?.traceId, kind: 'previous-attempt' }]);
  });

  it('that will be retried is no error, and says so; one that ends the event well says that', async () => {
    const { post, process, ofAttempts } = await traced();
    const id = await post(traceOf('1'));
    for (const attempt of [1, 2]) await process(id, { attempt });
    expect(await ofAttempts()).toMatchObject([
      { status: 'UNSET', outcome: 'retried' },
      { status: 'UNSET', outcome: 'succeeded' },
    ]);
  });

  it('that is the last is an error, and the dead letter a span in it that quotes nothing', async () => {
    const failing = handlerOf(() => Promise.reject(new TypeError('secret')), { retry: { ...retry, maxAttempts: 1 } });
    const { post, process, spans } = await traced(failing);
    await process(await post(traceOf('1')));
    const all = await spans();
    const [attempt] = all.filter(({ kind }) => kind === 'CONSUMER');
    expect(attempt).toMatchObject({ status: 'ERROR', attributes: { 'eventops.attempt.outcome': 'dead-lettered' } });
    expect(all.find(({ name }) => name === 'dead-letter')).toMatchObject({
      ...{ status: 'ERROR', parent: attempt?.spanId, traceId: attempt?.traceId },
      attributes: { 'error.type': 'TypeError', 'eventops.event.type': 'order.placed' },
    });
    expect(JSON.stringify(all)).not.toContain('secret');
  });

  it('holds its claim, its handler and its outcome, and its context is in what it appends', async () => {
    const { post, process, spans, log } = await traced(handlerOf(async () => {}));
    const id = await post(traceOf('1'));
    await process(id);
    const recorded = await log.readStream(streamOf(id));
    const all = await spans();
    const attempt = all.find(({ kind }) => kind === 'CONSUMER');
    const children = all.filter(({ parent }) => parent === attempt?.spanId);
    expect(children.map(({ name }) => name)).toEqual(['append event', 'handle *', 'append event']);
    expect(recorded.map((each) => unseal(each).envelope.traceparent)).toEqual([
      traceOf('1'),
      ...Array(2).fill(`00-${attempt?.traceId}-${attempt?.spanId}-01`),
    ]);
  });

  it.each([
    ['was not recorded', traceOf('1', '00')],
    ['had no trace', undefined],
  ])('of an event whose request %s is not recorded either', async (_, traceparent) => {
    const { post, process, spans, log } = await traced();
    const id = await post(traceparent);
    for (const attempt of [1, 2]) await process(id, { attempt });
    expect(await spans()).toEqual([]);
    const recorded = (await log.readStream(streamOf(id))).map((each) => unseal(each).envelope.traceparent);
    expect(recorded).toEqual(Array(6).fill(traceparent));
  });

  it('whose outcome the log does not take is an error when its command is let go', async () => {
    const log = createInMemoryLog();
    const deaf: EventLog = {
      ...log,
      append: async (request) =>
        request.transitions[0]?.type === 'ProcessingSucceeded'
          ? { kind: 'refused', refusal: { code: 'damaged', message: 'It is damaged' } }
          : log.append(request),
    };
    const { post, process, ofAttempts } = await traced(
      handlerOf(async () => {}),
      deaf,
    );
    await process(await post(traceOf('1')));
    expect(await ofAttempts()).toMatchObject([{ status: 'ERROR', outcome: 'unrecorded' }]);
  });

  it('that another worker has is said not to have been claimed', async () => {
    const { post, process, ofAttempts } = await traced(handlerOf(async () => {}));
    const id = await post(traceOf('1'));
    await process(id);
    await process(id);
    expect(await ofAttempts()).toMatchObject([{ outcome: 'succeeded' }, { status: 'UNSET', outcome: 'not-claimed' }]);
  });

  it('whose worker is gone is followed by a trace of the end of its lease', async () => {
    const { post, useCases, tracing, ofAttempts, log } = await traced();
    const id = await post(traceOf('1'));
    const claim = { worker: 'gone', leaseExpiresAt: '2026-01-01T00:00:00.000Z' };
    const run = { generation: 0, attempt: 1, now: claim.leaseExpiresAt };
    await useCases.startProcessing(id, { ...run, ...claim }, { ...byClient, traceparent: traceOf('2') });
    const expiry = { ...run, claim, policy: retry, jitter: 0, workerIsGone: true };
    const { load } = await import('../../../../src/application/load.ts');
    const { eventAggregate } = await import('../../../../src/domain/event/aggregate.ts');
    await tracing.useCases(useCases).expireLease(id, expiry, byClient, await load(eventAggregate, log, id));
    expect(await ofAttempts()).toEqual([
      {
        ...{ name: 'expire lease', status: 'UNSET', parent: null, outcome: 'interrupted' },
        links: [
          { trace: '1'.repeat(32), kind: 'ingest' },
          { trace: '2'.repeat(32), kind: 'previous-attempt' },
        ],
      },
    ]);
    expect(unseal((await log.readStream(streamOf(id))).at(-1) as never).envelope.traceparent).not.toBe(traceOf('2'));
  });
});
