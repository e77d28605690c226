import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../../src/application/command-context.ts';
import { isUnbroken } from '../../../src/application/envelope.ts';
import type { LoadedEvent } from '../../../src/application/event-history.ts';
import { deriveUuid, eventIdOf, streamOf } from '../../../src/application/event-identity.ts';
import { AppendRefused, ConcurrencyConflict, LogUnavailable } from '../../../src/application/failures.ts';
import { type CommandDependencies, handleCommand as handle } from '../../../src/application/handle-command.ts';
import { load, noHistory } from '../../../src/application/load.ts';
import type {
  AppendOutcome,
  AppendRefusal,
  AppendRequest,
  EventLog,
} from '../../../src/application/ports/event-log.ts';
import { eventAggregate } from '../../../src/domain/event/aggregate.ts';
import type { EventCommand } from '../../../src/domain/event/commands.ts';
import {
  claimOfStart as claim,
  completeProcessing,
  discardEvent,
  expireLease,
  failProcessing,
  receiveEvent,
  replayEvent,
  startProcessing,
} from '../../support/domain/commands.ts';
import { moment } from '../../support/domain/transitions.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { createVirtualClock } from '../../support/worker/virtual-clock.ts';

const eventId = eventIdOf('shop-backend', 'order-1');
const stream = streamOf(eventId);
const context: CommandContext = { actor: { kind: 'process', process: 'worker-1' } };

const handleCommand = (
  dependencies: CommandDependencies,
  id: string,
  command: EventCommand,
  by: CommandContext,
  known?: LoadedEvent,
) => handle(eventAggregate, dependencies, { id, command, context: by, known });

type Interference = (request: AppendRequest, log: EventLog) => Promise<AppendOutcome | null>;

/** A log on which `interfere` may act before each append, or answer in its place. */
function setUp(interfere: Interference = async () => null) {
  const log = createInMemoryLog();
  const sent: AppendRequest[] = [];
  const pausesMs: number[] = [];
  let uuids = 0;
  let reads = 0;
  const dependencies = {
    log: {
      readStream: log.readStream,
      session: log.session,
      append: async (request: AppendRequest) => {
        sent.push(request);
        return (await interfere(request, log)) ?? log.append(request);
      },
    },
    clock: {
      now: () => Date.parse(moment(reads++)),
      sleep: async (delayMs: number) => {
        pausesMs.push(delayMs);
      },
    },
    random: { uuid: () => deriveUuid(String(uuids++)), fraction: () => 0.5 },
  };
  /** Another process, with the same log. */
  const elsewhere = { ...dependencies, log, random: { uuid: () => crypto.randomUUID(), fraction: () => 0.5 } };
  return { log, sent, pausesMs, dependencies, elsewhere };
}

describe('a command', () => {
  it('is loaded, decided and appended, with an unbroken history', async () => {
    const { dependencies, log } = setUp();
    await handleCommand(dependencies, eventId, receiveEvent(), context, noHistory);
    await handleCommand(dependencies, eventId, startProcessing(), context);
    const result = await handleCommand(dependencies, eventId, failProcessing({ claim }), context);

    const history = await log.readStream(stream);
    expect(history.map(({ type }) => type)).toEqual([
      'EventReceived',
      'ProcessingStarted',
      'ProcessingFailed',
      'RetryScheduled',
    ]);
    expect(isUnbroken(history)).toBe(true);
    expect(result).toMatchObject({ ok: true, changed: true, current: await load(eventAggregate, log, eventId) });
  });

  it('appends nothing when what was asked for is already so', async () => {
    const { dependencies, sent } = setUp();
    await handleCommand(dependencies, eventId, receiveEvent(), context);
    const again = await handleCommand(dependencies, eventId, receiveEvent(), context);
    expect(again).toMatchObject({ ok: true, changed: false, current: { revision: 0 } });
    expect(sent).toHaveLength(1);
  });

  it('gives a refusal back as a value, with the event as it is', async () => {
    const { dependencies, sent } = setUp();
    await handleCommand(dependencies, eventId, receiveEvent(), context);
    const refused = await handleCommand(dependencies, eventId, discardEvent(), context);
    expect(refused).toMatchObject({
      ok: false,
      rejection: { code: 'event-not-dead', status: 'RECEIVED' },
      current: { revision: 0 },
    });
    expect(sent).toHaveLength(1);
  });
});

describe('a conflict', () => {
  it('has the command decided again on what is there now', async () => {
    const { dependencies, elsewhere, log } = setUp();
    await handleCommand(elsewhere, eventId, receiveEvent(), context);
    const other = await handleCommand(
      dependencies,
      eventId,
      receiveEvent({ requestFingerprint: 'another body' }),
      context,
      noHistory,
    );
    expect(other).toMatchObject({ ok: false, rejection: { code: 'idempotency-key-reused' } });
    expect(await log.readStream(stream)).toHaveLength(1);
  });

  it('leaves an attempt to the one worker that claimed it first', async () => {
    const { dependencies, elsewhere } = setUp();
    await handleCommand(elsewhere, eventId, receiveEvent(), context);
    const known = await load(eventAggregate, elsewhere.log, eventId);
    const results = await Promise.all([
      handleCommand(elsewhere, eventId, startProcessing({ worker: 'worker-1' }), context, known),
      handleCommand(dependencies, eventId, startProcessing({ worker: 'worker-2' }), context, known),
    ]);
    expect(results.map(({ ok }) => ok)).toEqual([true, false]);
  });

  it('ends a late outcome: the attempt was given up meanwhile', async () => {
    const { dependencies, elsewhere, log } = setUp();
    await handleCommand(dependencies, eventId, receiveEvent(), context);
    await handleCommand(dependencies, eventId, startProcessing(), context);
    const known = await load(eventAggregate, log, eventId);
    await handleCommand(elsewhere, eventId, expireLease({ claim, now: moment(1_000) }), context);
    const late = await handleCommand(dependencies, eventId, completeProcessing({ claim }), context, known);
    expect(late).toMatchObject({ ok: false, rejection: { code: 'stale-attempt', status: 'FAILED' } });
  });

  it('is not fought over without limit', async () => {
    const { dependencies, sent } = setUp(async () => ({ kind: 'conflict', actualRevision: 'no-stream' }));
    const fight = handleCommand(dependencies, eventId, receiveEvent(), context);
    await expect(fight).rejects.toThrow(ConcurrencyConflict);
    await expect(fight).rejects.toThrow(eventId);
    expect(sent).toHaveLength(5);
  });
});

describe('an append whose answer is lost', () => {
  const lost = { kind: 'unknown', message: 'no answer within 10000 ms' } as const;

  it('is sent again as it was, and counts once when it was written the first time', async () => {
    let isFirst = true;
    const { dependencies, log, sent } = setUp(async (request) => {
      if (!isFirst) return null;
      isFirst = false;
      await log.append(request);
      return lost;
    });
    const result = await handleCommand(dependencies, eventId, receiveEvent(), context);
    expect(result).toMatchObject({ ok: true, changed: true, current: { revision: 0 } });
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
    expect(await log.readStream(stream)).toHaveLength(1);
  });

  it('is still ours when others have gone on from it', async () => {
    let isFirst = true;
    const { dependencies, elsewhere, log } = setUp(async (request) => {
      if (!isFirst) return null;
      isFirst = false;
      await log.append(request);
      await handleCommand(elsewhere, eventId, startProcessing(), context);
      return lost;
    });
    const result = await handleCommand(dependencies, eventId, receiveEvent(), context);
    expect(result).toMatchObject({ ok: true, changed: true, current: { revision: 0, state: { status: 'RECEIVED' } } });
    expect(await log.readStream(stream)).toHaveLength(2);
  });

  it('is decided again when it turns out that another append was first', async () => {
    let isFirst = true;
    const { dependencies, elsewhere } = setUp(async () => {
      if (!isFirst) return null;
      isFirst = false;
      await handleCommand(elsewhere, eventId, receiveEvent(), context);
      return lost;
    });
    const result = await handleCommand(dependencies, eventId, receiveEvent(), context);
    expect(result).toMatchObject({ ok: true, changed: false, current: { revision: 0 } });
  });

  it('is sent again when only its repeat was refused: that says nothing about the first time', async () => {
    const answers: (AppendOutcome | null)[] = [
      { kind: 'unknown', message: 'lost' },
      { kind: 'refused', refusal: { code: 'unavailable', message: 'busy' } },
      null,
    ];
    const { dependencies, sent } = setUp(async (request, log) => {
      const answer = answers[sent.length - 1] ?? null;
      if (answer?.kind === 'unknown') await log.append(request);
      return answer;
    });
    const result = await handleCommand(dependencies, eventId, receiveEvent(), context, noHistory);
    expect(result).toMatchObject({ ok: true, changed: true });
    expect(sent).toHaveLength(3);
  });

  it('is given up after five times, with growing pauses and without a claim either way', async () => {
    const { dependencies, sent, pausesMs } = setUp(async () => lost);
    await expect(handleCommand(dependencies, eventId, receiveEvent(), context)).rejects.toThrow(LogUnavailable);
    expect(sent).toHaveLength(5);
    expect(new Set(sent.map((request) => JSON.stringify(request))).size).toBe(1);
    expect(pausesMs).toEqual([50, 150, 450, 1_350]);
  });

  it('is given up sooner when each answer is long waited for, while its client still listens', async () => {
    const clock = createVirtualClock();
    const { dependencies, sent } = setUp(async () => {
      await clock.sleep(6_000);
      return lost;
    });
    const startedAt = clock.now();
    const attempt = handleCommand({ ...dependencies, clock }, eventId, receiveEvent(), context);
    await expect(clock.finish(attempt)).rejects.toThrow(LogUnavailable);
    expect(sent).toHaveLength(2);
    expect(clock.now() - startedAt).toBeLessThan(20_000);
  });
});

describe('a refusal of the log', () => {
  it.each<[AppendRefusal['code'], typeof LogUnavailable | typeof AppendRefused]>([
    ['unavailable', LogUnavailable],
    ['too-large', AppendRefused],
    ['invalid', AppendRefused],
    ['unauthorized', AppendRefused],
  ])('as %s is a typed failure, at once', async (code, failure) => {
    const refused = { kind: 'refused', refusal: { code, message: 'the disk is full' } } as const;
    const { dependencies, sent } = setUp(async () => refused);
    const attempt = handleCommand(dependencies, eventId, receiveEvent(), context);
    await expect(attempt).rejects.toThrow(failure);
    await expect(attempt).rejects.toThrow('the disk is full');
    expect(sent).toHaveLength(1);
  });
});

describe('what a transition is kept with', () => {
  const metadataOf = async (log: EventLog) =>
    (await log.readStream(stream)).map(({ id, recordedAt, metadata }) => ({ id, recordedAt, ...JSON.parse(metadata) }));

  it('names who acted, when, in which request, and what led to it', async () => {
    const { dependencies, log } = setUp();
    const traceparent = '00-11111111111111111111111111111111-2222222222222222-01';
    await handleCommand(dependencies, eventId, receiveEvent(), { ...context, requestId: 'request-1', traceparent });
    await handleCommand(dependencies, eventId, startProcessing(), context);
    await handleCommand(dependencies, eventId, completeProcessing({ claim, now: moment(2) }), {
      ...context,
      causationId: 'claim-1',
    });
    const [receipt, claimed, success] = await metadataOf(log);
    expect(receipt).toMatchObject({
      recordedAt: moment(0),
      actor: context.actor,
      requestId: 'request-1',
      traceparent,
      $causationId: 'request-1',
      $correlationId: stream,
    });
    expect(claimed).toMatchObject({ $causationId: receipt?.id, $correlationId: stream, prevHash: receipt?.hash });
    expect(success).toMatchObject({ $causationId: 'claim-1', recordedAt: moment(2) });
  });

  it('is done once under the id that its doer gives it, though all that it asks for may be done again', async () => {
    const { dependencies, log } = setUp();
    const once = { ...context, transitionId: () => deriveUuid('replay', 'key-1') };
    await handleCommand(dependencies, eventId, receiveEvent(), context, noHistory);
    for (const generation of [0, 1]) {
      await handleCommand(dependencies, eventId, startProcessing({ generation }), context);
      await handleCommand(dependencies, eventId, completeProcessing({ generation, claim }), context);
      const asked = await handleCommand(dependencies, eventId, replayEvent(), once);
      expect(asked).toMatchObject({ ok: true, changed: generation === 0 });
    }
    const types = (await log.readStream(stream)).map(({ type }) => type);
    expect(types.filter((type) => type === 'ReplayRequested')).toHaveLength(1);
  });

  it('has the id that its doer gives it', async () => {
    const { dependencies, log } = setUp();
    await handleCommand(dependencies, eventId, receiveEvent(), context);
    await handleCommand(dependencies, eventId, startProcessing(), context);
    const transitionId = (type: string) => deriveUuid('claim-1', type);
    await handleCommand(dependencies, eventId, failProcessing({ claim }), { ...context, transitionId });
    const ids = (await metadataOf(log)).slice(2).map(({ id }) => id);
    expect(ids).toEqual([transitionId('ProcessingFailed'), transitionId('RetryScheduled')]);
  });
});

describe('a log that is put back to an older state while an append to it has no answer', () => {
  const start = startProcessing();

  it('has the command decided again on what stands there now', async () => {
    let isFirst = true;
    const { log, dependencies, elsewhere } = setUp(async ({ transitions: [first] }) => {
      if (first?.type !== 'ProcessingStarted' || !isFirst) return null;
      isFirst = false;
      log.restore(0);
      await handleCommand(elsewhere, eventId, receiveEvent(), context);
      return { kind: 'unknown', message: 'The connection was lost' };
    });
    await handleCommand(dependencies, eventId, receiveEvent(), context);
    expect(await handleCommand(dependencies, eventId, start, context)).toMatchObject({ ok: true, changed: true });
    const history = await log.readStream(stream);
    expect(history.map(({ type }) => type)).toEqual(['EventReceived', 'ProcessingStarted']);
    expect(isUnbroken(history)).toBe(true);
  });

  it('is sent the identical request again when it has lost nothing', async () => {
    let isFirst = true;
    const { log, sent, dependencies } = setUp(async (request) => {
      if (request.transitions[0]?.type !== 'ProcessingStarted' || !isFirst) return null;
      isFirst = false;
      await log.append(request);
      log.restore(log.all.length);
      return { kind: 'unknown', message: 'The connection was lost' };
    });
    await handleCommand(dependencies, eventId, receiveEvent(), context);
    expect(await handleCommand(dependencies, eventId, start, context)).toMatchObject({ ok: true, changed: true });
    expect(sent[2]).toEqual(sent[1]);
    expect(log.all).toHaveLength(2);
  });
});
