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

const troubled = () =>
  apiUnderTest({
    readinessChecks: [
      sound,
      part('broker', async () => 'no connection since 12:00'),
      part('sweep', () => Promise.reject(new Error('stopped at /var/lib/x'))),
    ],
  });

describe('readiness', () => {
  it('is that every part is ready', async () => {
    const { call } = apiUnderTest({ readinessChecks: [sound, part('read tables', async () => null)] });
    const answer = await call({ url: '/readyz', as: null });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ status: 'ready', parts: { log: 'ready', 'read tables': 'ready' } });
  });

  describe.each([
    ['nobody', null],
    ['a client', 'shop'],
    ['a viewer', 'viewer'],
    ['a token that is not believed', 'made-up'],
  ])('asked for by %s', (_whom, as) => {
    it('names what is not ready, and no reason', async () => {
      const answer = await troubled().call({ url: '/readyz', as });
      expect(answer.statusCode).toBe(503);
      expect(answer.headers['retry-after']).toBe('1');
      const problem = answer.json();
      expect(problem).toMatchObject({ code: 'not-ready', detail: 'Not ready: broker, sweep.' });
      expect(problem.parts).toEqual({ log: 'ready', broker: 'not-ready', sweep: 'not-ready' });
      expect(problem.details).toBeUndefined();
      expect(answer.body).not.toContain('/var/lib');
    });
  });

  it('says why to an operator', async () => {
    const answer = await troubled().call({ url: '/readyz', as: 'operator' });
    expect(answer.json().details).toEqual({ broker: 'no connection since 12:00', sweep: 'stopped at /var/lib/x' });
  });

  it('is never slowed down, however often it is lacking', async () => {
    const { call } = troubled();
    for (let times = 0; times < 100; times++)
      expect((await call({ url: '/readyz', as: null })).headers['retry-after']).toBe('1');
  });

  it('is not lost with a part that requests can do without: it is named', async () => {
    const tables = { ...part('read tables', async () => 'is away'), isDispensable: true };
    const answer = await apiUnderTest({ readinessChecks: [sound, tables] }).call({ url: '/readyz', as: null });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ status: 'ready', parts: { log: 'ready', 'read tables': 'not-ready' } });
  });

  it('does not wait for a part that gives no answer', async () => {
    const asked = Promise.withResolvers<void>();
    const silent = part('broker', () => {
      asked.resolve();
      return new Promise(() => {});
    });
    const { call, clock } = apiUnderTest({ readinessChecks: [silent, sound] });
    const answer = call({ url: '/readyz', as: 'operator' });
    await asked.promise;
    clock.advance(2_000);
    expect((await answer).json().details).toEqual({ broker: 'gave no answer in time' });
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

  it('is believed for a second', async () => {
    let asked = 0;
    const { call, clock } = apiUnderTest({ readinessChecks: [part('log', async () => `${++asked}`)] });
    const details = async () => (await call({ url: '/readyz', as: 'operator' })).json().details.log;
    expect([await details(), await details()]).toEqual(['1', '1']);
    clock.advance(1_000);
    expect(await details()).toBe('2');
    clock.advance(-60_000);
    expect(await details()).toBe('3');
  });
});
