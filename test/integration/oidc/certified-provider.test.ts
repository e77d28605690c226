import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createOidcAuthenticator } from '../../../src/adapters/oidc/oidc-authenticator.ts';
import { createOutboundHttp } from '../../../src/adapters/outbound/outbound-http.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { apiUnderTest } from '../../support/api/api-under-test.ts';
import { machineToken, personsToken } from '../../support/oidc/flows.ts';
import { MACHINE, PAGE, type RunningProvider, startProvider } from '../../support/oidc/provider.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

let provider: RunningProvider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());

/** The API, believing the provider. */
function apiOf({ issuer, audience }: RunningProvider) {
  const authenticator = createOidcAuthenticator({
    ...{ issuer, audience, clock: systemClock, logger: silentLogger },
    claimNames: { roles: 'roles', client: null },
    http: createOutboundHttp({ trustedOrigins: [issuer] }),
  });
  onTestFinished(() => authenticator.stop());
  return { ...apiUnderTest({ authenticator }), authenticator };
}

const event = { type: 'order.placed', source: 'shop', payload: {} };

describe('tokens of a certified provider', () => {
  it('let a machine post, by its client credentials', async () => {
    const { post, call, recorded } = apiOf(provider);
    const token = await machineToken(provider);
    const answer = await post(event, {}, token);
    expect(answer.statusCode).toBe(201);
    const [transition] = await recorded();
    expect(JSON.parse(transition?.metadata ?? '').actor).toMatchObject({ clientId: MACHINE.id, roles: [] });
    const history = await call({ url: `/v1/events/${answer.json().id}/history`, as: token });
    expect(history.statusCode).toBe(403);
  });

  it('let a person read, who signed in with code and PKCE, as the role says', async () => {
    const { authenticator, call } = apiOf(provider);
    const token = await personsToken(provider);
    expect(await authenticator.authenticate(token)).toMatchObject({
      ...{ subject: 'ada', clientId: PAGE.id, roles: ['operator'] },
    });
    const unknown = '00000000-0000-4000-8000-000000000000';
    expect((await call({ url: `/v1/events/${unknown}/history`, as: token })).statusCode).toBe(404);
    const body = { method: 'POST', payload: { reason: 'once more' }, as: token } as const;
    expect((await call({ ...body, url: `/v1/events/${unknown}/replay` })).statusCode).toBe(403);
  });

  it('are not refused while its keys are rotated under load', async () => {
    const { post } = apiOf(provider);
    const statuses = new Set<number>();
    for (let rotation = 0; rotation < 3; rotation++) {
      await provider.rotateKeys();
      const tokens = await Promise.all(Array.from({ length: 5 }, () => machineToken(provider)));
      const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => post(event, {}, tokens[index % 5])));
      for (const { statusCode } of answers) statuses.add(statusCode);
    }
    expect([...statuses]).toEqual([201]);
  });
});
