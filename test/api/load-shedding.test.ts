import { describe, expect, it } from 'vitest';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { createRecordingLogger } from '../support/worker/recording-logger.ts';

const limits = { latenessMs: 1_000, lookEveryMs: 1_000, refusalsWithoutDelay: 1_000_000 };

/** An API whose event loop is as late as the test says. */
function lateApi(lateLooks: number) {
  let latenessMs = 0;
  const logger = createRecordingLogger();
  const api = apiUnderTest({ eventLoop: { latenessMs: () => latenessMs }, limits: { ...limits, lateLooks }, logger });
  const look = async (lateMs: number) => {
    latenessMs = lateMs;
    api.clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { ...api, logger, look };
}

describe.each([1, 2, 3])('a process that is too late at %i looks in a row', (lateLooks) => {
  it('refuses requests before anything is done for them, and takes them again when it is not', async () => {
    const { post, call, recorded, look, logger } = lateApi(lateLooks);
    await call({ url: '/healthz' });
    for (let each = 1; each < lateLooks; each++) {
      await look(1_001);
      expect((await post(order)).statusCode).toBe(201);
    }
    await look(1_001);
    const refused = await post(order);
    expect(refused.json()).toMatchObject({ status: 503, code: 'overloaded' });
    expect(refused.headers['retry-after']).toBe('3');
    // Before it is known who asks: that is work, too.
    expect((await call({ url: '/v1/me', as: 'guess' })).statusCode).toBe(503);
    expect(await recorded()).toHaveLength(lateLooks - 1);
    expect(logger.lines).toMatchObject([{ level: 'warn', fields: { latenessMs: 1_001 } }]);
    await look(1_000);
    expect((await post(order)).statusCode).toBe(201);
  });

  it('goes on saying that it lives: one that is ended for its load leaves the others more', async () => {
    const { call, look } = lateApi(lateLooks);
    await call({ url: '/healthz' });
    for (let each = 0; each < lateLooks; each++) await look(5_000);
    expect((await call({ url: '/v1/events' })).statusCode).toBe(503);
    expect((await call({ url: '/healthz' })).statusCode).toBe(200);
    expect((await call({ url: '/readyz' })).statusCode).toBe(200);
    expect((await call({ url: '/v1/nothing' })).statusCode).toBe(404);
  });
});

it('a process that was suspended for an hour refuses nothing: it was late once', async () => {
  const { post, call, look } = lateApi(2);
  await call({ url: '/healthz' });
  for (let each = 0; each < 3; each++) {
    await look(3_600_000);
    expect((await post(order)).statusCode).toBe(201);
    await look(0);
    expect((await post(order)).statusCode).toBe(201);
  }
});
