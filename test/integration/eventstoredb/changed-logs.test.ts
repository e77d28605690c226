import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import { isUnbroken } from '../../../src/application/envelope.ts';
import { eventIdOf, streamOf } from '../../../src/application/event-identity.ts';
import { CheckpointRefused, LogUnavailable } from '../../../src/application/failures.ts';
import type { Checkpoint } from '../../../src/application/ports/event-log.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { serverAndLog } from '../../support/event-log/eventstoredb/with-server.ts';
import { endOf, follow, isCaughtUp, readLog } from '../../support/event-log/follow.ts';
import { appendAll, fill, newStream, request } from '../../support/event-log/transitions.ts';
import { EMPTY_BACKUP } from '../../support/eventstoredb/faults/fault.ts';
import { byClient, posted } from '../../support/worker/posting.ts';

const messageOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error instanceof CheckpointRefused ? error.message : String(error)),
  );

/** As long as the log is away. */
async function until<Value>(act: () => Promise<Value>): Promise<Value> {
  for (;;)
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
    }
}

describe('a log that is changed beneath its subscribers', () => {
  it('is refused by those that had seen what a restored backup has lost, and they say so', async () => {
    const { server, log } = await serverAndLog();
    await fill(log, 10, { size: 1 });
    const backup = await server.faults.backup();
    const follower = follow(log);
    await appendAll(log, [request()]);
    await follower.transitions(11);
    const lost = await endOf(log);
    await server.faults.restore(backup);
    expect(await messageOf(follower.transitions(1))).toMatch(
      /^The checkpoint .* is not a position in this log\. The log ends at/,
    );

    await fill(log, 20, { size: 1 });
    expect(await messageOf(log.verifyCheckpoint(lost))).toContain('stood the event');
  });

  it('is gone on with by those that had not', async () => {
    const { server, log } = await serverAndLog();
    const follower = follow(log);
    await appendAll(log, [request()]);
    await follower.transitions(1);
    const backup = await server.faults.backup();
    await server.faults.restore(backup);
    const next = request();
    while ((await log.append(next)).kind !== 'appended');
    expect((await follower.transitions(1)).map(({ stream }) => stream)).toEqual([next.stream]);
    await follower.end();
  });

  it('gets no outcome for a claim that it has lost, also where another claim stands in its place', async () => {
    const { server, log } = await serverAndLog();
    const useCases = createUseCases({ log, clock: systemClock, random: systemRandom });
    await useCases.receiveEvent(posted('k'), byClient);
    const eventId = eventIdOf('client', 'k');
    const backup = await server.faults.backup();
    const session = log.session();
    const claims = ['2099-01-01T00:00:00.000Z', '2099-01-02T00:00:00.000Z'].map((leaseExpiresAt) => ({
      ...{ generation: 0, attempt: 1, worker: 'worker-1', now: '2026-01-01T00:00:00.000Z', leaseExpiresAt },
    }));
    const [lost, next] = claims as [(typeof claims)[0], (typeof claims)[0]];
    const claimed = await useCases.startProcessing(eventId, lost, byClient);
    await server.faults.restore(backup);
    await until(() => useCases.startProcessing(eventId, next, byClient));

    const { leaseExpiresAt, worker } = lost;
    const outcome = {
      ...{ generation: 0, attempt: 1, claim: { leaseExpiresAt, worker }, now: lost.now, durationMs: 1 },
      ...{ handler: '*', handlerVersion: '1', result: null },
    };
    const known = { ...claimed.current, session };
    expect(await useCases.completeProcessing(eventId, outcome, byClient, known)).toMatchObject({ ok: false });
    expect(isUnbroken(await log.readStream(streamOf(eventId)))).toBe(true);
  });

  it('is refused when it was emptied, by its name when another has grown in its place', async () => {
    const { server, log } = await serverAndLog();
    await fill(log, 10, { size: 1 });
    const follower = follow(log);
    await follower.until(isCaughtUp);
    await follower.end();
    const named = await checkpointOf(log);
    await server.faults.restore(EMPTY_BACKUP);
    expect(await messageOf(log.verifyCheckpoint(named))).toContain('The log is empty');
    await fill(log, 30, { size: 1 });
    expect(await messageOf(log.verifyCheckpoint(named))).toContain('This is another log: it begins with');
  });
});

async function checkpointOf(log: Parameters<typeof follow>[0]): Promise<Checkpoint> {
  const follower = follow(log);
  const message = await follower.until(({ kind }) => kind === 'transitions');
  await follower.end();
  const [last] = message.slice(-1);
  if (last?.kind !== 'transitions') throw new Error('There are no transitions');
  return last.checkpoint;
}

describe('checkpoints of the server', () => {
  it('that name places beyond the end are not believed', async () => {
    const { server, log } = await serverAndLog();
    const streamPrefix = newStream('wanted');
    await server.faults.set({ fault: 'checkpoint-ahead', bytes: 1_000_000 });
    await fill(log, 5_000);
    const follower = follow(log, null, { streamPrefixes: [streamPrefix] });
    const messages = await follower.until(isCaughtUp);
    await follower.end();
    expect(messages.map(({ kind }) => kind)).not.toContain('checkpoint');
    await appendAll(log, [request({ stream: streamPrefix })]);
    expect(await readLog(log, null, { streamPrefixes: [streamPrefix] })).toHaveLength(1);
  });

  it('are places from which a subscriber goes on, and skips nothing that was appended since', async () => {
    const { log } = await serverAndLog();
    const streamPrefix = newStream('wanted');
    await fill(log, 5_000);
    const follower = follow(log, null, { streamPrefixes: [streamPrefix] });
    const messages = await follower.until(({ kind }) => kind === 'checkpoint');
    await follower.end();
    const [last] = messages.slice(-1);
    if (last?.kind !== 'checkpoint') throw new Error('There is no checkpoint');
    await log.verifyCheckpoint(last.checkpoint);
    await appendAll(log, [request({ stream: streamPrefix })]);
    expect(await readLog(log, last.checkpoint, { streamPrefixes: [streamPrefix] })).toHaveLength(1);
  });
});
