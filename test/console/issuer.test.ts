import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browsing, isChromiumHere } from '../support/console/browsing.ts';
import { freePort } from '../support/free-port.ts';
import { PAGE, type RunningProvider, startProvider } from '../support/oidc/provider.ts';
import { makeDataFolder } from '../support/processes/data-folder.ts';
import { type SpawnedEventOps, spawnEventOps } from '../support/processes/spawn-eventops.ts';

describe.skipIf(!isChromiumHere)('signing in at an issuer', () => {
  const { open } = browsing();
  let url = '';
  let folder = '';
  let provider: RunningProvider;
  let eventops: SpawnedEventOps;

  beforeAll(async () => {
    const [port, metricsPort] = [await freePort(), await freePort()];
    url = `http://127.0.0.1:${port}`;
    folder = await mkdtemp(join(tmpdir(), 'eventops-console-oidc-'));
    await makeDataFolder(folder);
    provider = await startProvider(0, `${url}/`);
    eventops = spawnEventOps({
      env: {
        DATA_DIR: folder,
        OIDC_ISSUER: provider.issuer,
        OIDC_AUDIENCE: provider.audience,
        CONSOLE_CLIENT_ID: PAGE.id,
        HANDLER_ISOLATION: 'none',
      },
      ...{ port, metricsPort },
    });
    await eventops.ready;
  });
  afterAll(async () => {
    await eventops?.stop();
    await provider?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('leads back to the page one came from, by code with PKCE, and leaves token and code in no address', async () => {
    const page = await open({ url, at: '/events?type=till.closed' });
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    await page.getByRole('button', { name: 'Sign in at' }).click();
    await page.getByRole('heading', { name: 'Events', exact: true }).waitFor();
    expect(page.url()).toMatch(/#\/events\?type=till\.closed$/);
    const asked = new URL(addresses.find((each) => each.includes('/auth?')) ?? '').searchParams;
    expect([asked.get('response_type'), asked.get('code_challenge_method')]).toEqual(['code', 'S256']);
    const token = String(await page.evaluate(`sessionStorage.getItem('eventops.token')`));
    expect(token.split('.')).toHaveLength(3);
    expect(addresses.filter((each) => each.includes(token) || /[?&]code=/.test(each))).toEqual([]);
    expect(
      await page.evaluate(
        'localStorage.length - (localStorage.getItem("mantine-color-scheme-value") === null ? 0 : 1)',
      ),
    ).toBe(0);

    await page.getByRole('button', { name: 'ada' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in at' }).waitFor();
    expect(await page.evaluate(`sessionStorage.getItem('eventops.token')`)).toBeNull();
  });

  it('says what the issuer refused', async () => {
    const page = await open({ url, at: 'error=access_denied&state=unknown' });
    await page.getByRole('alert').filter({ hasText: 'You are not signed in' }).waitFor();
  });

  it('has no token for development', async () => {
    const page = await open({ url });
    await page.getByRole('button', { name: 'Sign in at' }).waitFor();
    expect(await page.getByRole('button', { name: 'admin' }).count()).toBe(0);
  });
});
