import { describe, expect, it } from 'vitest';
import type { ReadinessCheck } from '../../src/api/dependencies.ts';
import { apiUnderTest } from '../support/api/api-under-test.ts';

const part = (name: string, check: ReadinessCheck['check']): ReadinessCheck => ({ part: name, check });
const sound = part('log', async () => null);

describe('health', () => {
  it('is that the process serves, whatever else is wrong', async () => {
    const { call } = apiUnderTest({ readinessChecks: [part('log', async () => 'is away')] });
    const answer = await call({ url: '/healthz', as: null });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe('{"status":"ok"}');
  });
});

describe('readiness', () => {
  it('is that every part is ready', async () => {
    const { call } = apiUnderTest({ readinessChecks: [sound, part('read tables', async () => null)] });
    const answer = await call({ url: '/readyz', as: null });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ status: 'ready', parts: { log: 'ready', 'read tables': 'ready' } });
  });

  it('names what is not ready, and why', async () => {
    const { call } = apiUnderTest({
      readinessChecks: [
        sound,
        part('broker', async () => 'no connection since 12:00'),
        part('sweep', () => Promise.reject(new Error('stopped'))),
      ],
    });
    const answer = await call({ url: '/readyz', as: null });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json()).toMatchObject({
      code: 'not-ready',
      detail: 'broker: no connection since 12:00; sweep: stopped',
      parts: { log: 'ready', broker: 'no connection since 12:00', sweep: 'stopped' },
    });
  });

  it('is not lost with a part that requests can do without: it is named', async () => {
    const tables = { ...part('read tables', async () => 'is away'), isDispensable: true };
    const answer = await apiUnderTest({ readinessChecks: [sound, tables] }).call({ url: '/readyz', as: null });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ status: 'ready', parts: { log: 'ready', 'read tables': 'is away' } });
  });

  it('does not wait for a part that gives no answer', async () => {
    const asked = Promise.withResolvers<void>();
    const silent = part('broker', () => {
      asked.resolve();
      return new Promise(() => {});
    });
    const { call, clock } = apiUnderTest({ readinessChecks: [silent, sound] });
    const answer = call({ url: '/readyz', as: null });
    await asked.promise;
    clock.advance(2_000);
    expect((await answer).json().parts).toEqual({ broker: 'gave no answer in time', log: 'ready' });
  });

  it('is asked of the parts once, however many ask', async () => {
    let asked = 0;
    const go = Promise.withResolvers<null>();
    const { call } = apiUnderTest({
      readinessChecks: [
        part('log', () => {
          asked++;
          return go.promise;
        }),
      ],
    });
    const answers = Promise.all(Array.from({ length: 50 }, () => call({ url: '/readyz', as: null })));
    await new Promise((resolve) => setImmediate(resolve));
    go.resolve(null);
    expect((await answers).every(({ statusCode }) => statusCode === 200)).toBe(true);
    expect(asked).toBe(1);
  });
});
