import { describe, expect, it } from 'vitest';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { createRecordingLogger } from '../support/worker/recording-logger.ts';

/** A log that is away until it is told otherwise. */
function troubledLog() {
  const log = createInMemoryLog();
  let isAway = true;
  const append: typeof log.append = async (request) =>
    isAway ? { kind: 'refused', refusal: { code: 'unavailable', message: 'away' } } : log.append(request);
  return { log: { ...log, append }, isBack: () => (isAway = false) };
}

/** Long enough for whatever waits for no time to pass. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('while the log is away', () => {
  it('there is one line with a stack, whatever is asked, and one when it is back', async () => {
    const { log, isBack } = troubledLog();
    const logger = createRecordingLogger();
    const limits = { refusalsWithoutDelay: 1_000 };
    const { post, clock } = apiUnderTest({ log, logger, limits });
    for (let times = 0; times < 200; times++) expect((await post(order)).statusCode).toBe(503);
    expect(logger.lines).toHaveLength(1);
    expect(logger.lines[0]).toMatchObject({ level: 'error', fields: { code: 'log-unavailable' } });
    clock.advance(60_000);
    await post(order);
    expect(logger.lines).toHaveLength(2);
    expect(logger.lines[1]?.fields).toMatchObject({ occurrences: 200 });
    isBack();
    clock.advance(10_000);
    expect((await post(order)).statusCode).toBe(201);
    expect(logger.lines).toHaveLength(3);
    expect(logger.lines[2]).toMatchObject({ level: 'info', fields: { occurrences: 201 } });
  });

  it('a client who asks again at once is held back, and told to wait longer', async () => {
    const { log, isBack } = troubledLog();
    const limits = {
      refusalsWithoutDelay: 2,
      delayPerRefusalMs: 100,
      longestDelayMs: 250,
      longestRetryAfterSeconds: 3,
    };
    const { post, clock } = apiUnderTest({ log, limits });
    for (let times = 0; times < 2; times++) expect((await post(order)).headers['retry-after']).toBe('1');
    for (const [delayMs, retryAfter] of [
      [100, '2'],
      [200, '3'],
      [250, '3'],
    ] as const) {
      const answer = post(order);
      let isAnswered = false;
      void answer.then(() => (isAnswered = true));
      await turns();
      clock.advance(delayMs - 1);
      await turns();
      expect(isAnswered).toBe(false);
      clock.advance(1);
      expect((await answer).headers['retry-after']).toBe(retryAfter);
    }
    expect((await post(order, {}, 'shop')).headers['retry-after']).toBe('1');
    isBack();
    expect((await post(order)).statusCode).toBe(201);
  });
});

describe('a refused token', () => {
  it('is counted by the code of the answer, and is one line for each burst', async () => {
    const logger = createRecordingLogger();
    const counts = new Map<string, number>();
    const countProblem = (code: string) => void counts.set(code, (counts.get(code) ?? 0) + 1);
    const { call } = apiUnderTest({ logger, countProblem, limits: { refusalsWithoutDelay: 1_000 } });
    for (let times = 0; times < 50; times++) {
      await call({ url: '/v1/events', as: `guess-${times}` });
      await call({ url: '/v1/events', as: 'nobody' });
    }
    expect(Object.fromEntries(counts)).toEqual({ unauthenticated: 50, 'permission-missing': 50 });
    expect(logger.lines.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'a request was refused access'],
      ['warn', 'a request was refused access'],
    ]);
    expect(JSON.stringify(logger.lines)).not.toContain('guess');
  });
});
