import { describe, expect, it } from 'vitest';
import { browsing, isChromiumHere } from '../support/console/browsing.ts';
import { chooseByKey, tabTo } from '../support/console/keyboard.ts';

describe.skipIf(!isChromiumHere)('a dead letter', () => {
  const { signedIn, post, get } = browsing();

  async function deadLetter(type: string, more: object = {}) {
    const id = await post({ type, payload: { orderId: 'A-4711', error: 'The till 7 is closed', ...more } });
    await get(`/v1/events/${id}?waitFor=DEAD&timeoutMs=20000`);
    return { id, address: `/events?type=${type}` };
  }

  it('is found by its type, and says why it failed, with the keyboard alone', async () => {
    const { id } = await deadLetter('till.closed');
    const page = await signedIn('auditor');
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await page.getByRole('heading', { name: 'Events' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('till.closed');
    await page.keyboard.press('Enter');
    await page.waitForURL(/type=till\.closed/);
    await chooseByKey(page.getByRole('link', { name: id.slice(0, 8) }));
    await page.getByText('The till 7 is closed').first().waitFor();
    await page.getByText('hashes verified').waitFor();
    await page.getByText('A-4711').first().waitFor();
    await page.goBack();
    await page.getByRole('link', { name: id.slice(0, 8) }).waitFor();
    expect(await page.getByLabel('Type').inputValue()).toBe('till.closed');
  });

  it('is replayed by an operator for a reason, with the keyboard alone, and is then processed', async () => {
    const { id } = await deadLetter('till.repaired', { isRepaired: true });
    const page = await signedIn('operator', { at: `/events/${id}` });
    await page.getByRole('button', { name: 'Replay' }).waitFor();
    await chooseByKey(page.getByRole('button', { name: 'Replay' }));
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await chooseByKey(page.getByRole('button', { name: 'Replay' }));
    await tabTo(dialog.getByLabel('Reason'));
    await page.keyboard.type('The till is open again');
    await chooseByKey(dialog.getByRole('button', { name: 'Replay' }));
    await page.getByText('PROCESSED', { exact: true }).waitFor();
    await page.getByText('The till is open again').first().waitFor();
  });

  it('is discarded by an admin for a reason', async () => {
    const { id } = await deadLetter('till.given-up');
    const page = await signedIn('admin', { at: `/events/${id}` });
    await page.getByRole('button', { name: 'Discard' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Discard' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Reason').fill('The order was withdrawn');
    await dialog.getByRole('button', { name: 'Discard' }).click();
    await page.getByText('DISCARDED', { exact: true }).waitFor();
  });

  it('is seen by a viewer, who can do none of the acts and is not shown what was sent', async () => {
    const { id } = await deadLetter('till.seen');
    const page = await signedIn('viewer', { at: `/events/${id}` });
    await page.getByText('The till 7 is closed').first().waitFor();
    for (const name of ['Replay', 'Discard'])
      expect(await page.getByRole('button', { name }).isDisabled(), name).toBe(true);
    await page.getByText('payloads:read').waitFor();
    expect(await page.getByText('A-4711').count()).toBe(0);
  });
});
