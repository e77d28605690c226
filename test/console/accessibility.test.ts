import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browsing, isChromiumHere } from '../support/console/browsing.ts';

/** What axe finds, with the places. */
async function violations(page: Page): Promise<readonly string[]> {
  const found = await new AxeBuilder({ page }).analyze();
  return found.violations.map(
    ({ id, nodes }) => `${page.url().split('#')[1]} ${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
  );
}

describe.skipIf(!isChromiumHere)('by axe, without a violation', () => {
  const { open, signedIn, post, get } = browsing();

  it.each(['light', 'dark'] as const)('is every page in %s colours', async (colors) => {
    const id = await post({ type: 'till.closed', payload: { error: 'The till 7 is closed', lines: [1, 2] } });
    await get(`/v1/events/${id}?waitFor=DEAD`);
    const start = await open({ colors });
    await start.getByRole('button', { name: 'admin' }).waitFor();
    const found = [...(await violations(start))];

    const page = await signedIn('admin', { colors });
    const links = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').all();
    const pages = await Promise.all(links.map((link) => link.getAttribute('href')));
    expect(pages.length).toBeGreaterThan(1);
    for (const address of [...pages, `#/events/${id}`]) {
      await page.evaluate(`location.hash = '${address}'`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      found.push(...(await violations(page)));
    }
    await page.getByText('hashes verified').waitFor();
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('dialog').getByLabel('Reason').waitFor();
    found.push(...(await violations(page)));
    expect(found).toEqual([]);
  });

  it('is a page that says what one may not do', async () => {
    const page = await signedIn('viewer');
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await violations(page)).toEqual([]);
  });
});
