import { describe, expect, it } from 'vitest';
import { browsing, isChromiumHere } from '../support/console/browsing.ts';
import { chooseByKey } from '../support/console/keyboard.ts';

describe.skipIf(!isChromiumHere)('signing in with a development token', () => {
  const { open, signedIn } = browsing();

  it.each(['admin', 'operator', 'auditor', 'viewer'] as const)('shows the overview to the %s', async (role) => {
    const page = await open();
    await chooseByKey(page.getByRole('button', { name: role }));
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('button', { name: 'developer' }).click();
    await page.getByText(role, { exact: true }).waitFor();
  });

  it('leaves the token in no address and not in what outlives the tab', async () => {
    const page = await signedIn('admin');
    await page.goto(`${page.url().split('#')[0]}#/events`);
    await page.getByRole('heading', { name: 'Events' }).waitFor();
    const token = String(await page.evaluate(`sessionStorage.getItem('eventops.token')`));
    expect(token.split('.')).toHaveLength(3);
    const kept = String(await page.evaluate(`JSON.stringify([{ ...localStorage }, document.cookie, location.href])`));
    expect(kept).not.toContain(token);
  });

  it('is asked for again when signed out, and nothing is shown meanwhile', async () => {
    const page = await signedIn('admin');
    await page.getByRole('button', { name: 'developer' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'viewer' }).waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await page.evaluate(`sessionStorage.length`)).toBe(0);
  });

  it('says what is wrong with a token that was pasted', async () => {
    const page = await open();
    await page.getByLabel('Or paste an access token').fill('not.a.token');
    await page.getByRole('button', { name: 'Sign in with it' }).click();
    await page.getByRole('alert').filter({ hasText: 'not signed in' }).waitFor();
  });

  it('keeps what was typed when the session ends, and goes on with it', async () => {
    const page = await signedIn('operator');
    await page.getByRole('link', { name: 'Events' }).click();
    await page.getByLabel('Type').fill('order.placed');
    await page.route('**/v1/**', (route) => route.fulfill({ status: 401, json: { code: 'unauthenticated' } }));
    await page.getByText('The session has ended').waitFor();
    await page.unroute('**/v1/**');
    await page.getByRole('button', { name: 'operator' }).click();
    await page.getByRole('heading', { name: 'Events' }).waitFor();
    expect(await page.getByLabel('Type').inputValue()).toBe('order.placed');
  });
});
