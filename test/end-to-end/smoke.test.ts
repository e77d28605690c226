import { fileURLToPath } from 'node:url';
import { defineConfig } from 'eventops';
import { startTestSystem, type TestSystem } from 'eventops/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callsOf } from '../../scripts/smoke/client.ts';
import { type Outcome, runSteps } from '../../scripts/smoke/run-steps.ts';
import { stepsOf } from '../../scripts/smoke/steps.ts';
import { run } from '../support/processes/run.ts';

const script = fileURLToPath(new URL('../../scripts/smoke.ts', import.meta.url));
const config = defineConfig({ handlers: { 'order.placed': { handle: () => 'shipped' } } });

describe('the smoke test of a system that runs', () => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await startTestSystem(config);
  }, 300_000);
  afterAll(() => system?.stop());

  const outcomes = async (token: string, type: string) => {
    const seen: Outcome[] = [];
    const call = callsOf(system.url, token);
    const dead = { type: 'smoke.without-a-handler', payload: {} };
    const smoke = { call, run: type, processed: { type, payload: {} }, dead };
    return { passed: await runSteps(stepsOf(smoke), (outcome) => seen.push(outcome)), seen };
  };

  it('passes from the post to the replay of a dead letter, and leaves none', async () => {
    const { passed, seen } = await outcomes(system.token, 'order.placed');
    expect(seen.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(passed).toBe(true);
    expect(seen.at(-1)?.name).toBe('discards it');
  });

  it('fails at the step that goes wrong, and tries none after it', async () => {
    const { passed, seen } = await outcomes(system.token, 'nothing.takes-it');
    expect(passed).toBe(false);
    expect(seen.find(({ state }) => state === 'FAILED')).toMatchObject({
      name: 'processes it',
      detail: expect.stringContaining('is DEAD, not PROCESSED'),
    });
    expect(seen.slice(-5).map(({ state }) => state)).toEqual(Array(5).fill('not tried'));
  });

  it('ends with 1 for a token that is refused, and with 2 without a URL', async () => {
    const [refused, withoutUrl] = await Promise.all([
      run('.', process.execPath, script, '--url', system.url, '--token', 'no-token'),
      run('.', process.execPath, script, '--token', 'no-token'),
    ]);
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('GET /v1/me: 401 instead of 200') });
    expect(withoutUrl).toMatchObject({ code: 2, stderr: expect.stringContaining('--url is where the API is') });
  });
});
