import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browsing, isChromiumHere } from '../support/console/browsing.ts';
import { hostileTexts, MARK } from '../support/console/hostile-texts.ts';

const MEBIBYTE = 1_024 * 1_024;

/** What stands out of the window, if the page is wider than it. */
const WIDER = `document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] : [...document.querySelectorAll('main *')]
  .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((element) => element.outerHTML.slice(0, 300)).slice(0, 20)`;

/** So deep that a function which calls itself for each level may end the page. */
const nested = (depth: number) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown;

async function expectHarmless(page: Page): Promise<void> {
  expect(await page.evaluate(`window.${MARK}`)).toBeUndefined();
  expect(await page.evaluate(WIDER)).toEqual([]);
}

describe.skipIf(!isChromiumHere)('200 hostile texts', () => {
  const { signedIn, post, get } = browsing();

  it('are shown as they are in a payload, and in what a handler says of it', async () => {
    expect(hostileTexts).toHaveLength(200);
    const payload = {
      error: hostileTexts.slice(0, 3).join(' '),
      texts: hostileTexts.map((text) => text.slice(0, 500)),
    };
    const id = await post({ type: 'till.hostile', payload });
    await get(`/v1/events/${id}?waitFor=DEAD`);
    const page = await signedIn('admin', { at: `/events/${id}` });
    await page.getByText('<script>').first().waitFor();
    await page.getByText('hashes verified').waitFor();
    await expectHarmless(page);
  });

  it.each([1_200, 400])('are shown as they are in whatever the API answers with, in a window of %i', async (width) => {
    const id = await post({ type: 'till.answered', payload: { error: 'The till is closed' } });
    const dead = (await get(`/v1/events/${id}?waitFor=DEAD`)) as object;
    const { items } = (await get(`/v1/events/${id}/history`)) as { readonly items: readonly object[] };
    const page = await signedIn('admin', { width });
    let text = '';
    const event = () => ({
      ...{ ...dead, type: text, source: text, errorReason: text, idempotencyKey: text },
      payload: { [text]: hostileTexts, long: 'x'.repeat(MEBIBYTE), deep: nested(2_000) },
    });
    const transition = (each: string, index: number) => ({
      ...{ ...items[0], id: `${index}`, type: each },
      data: { error: { class: each, message: each }, reason: each, worker: each, requestedBy: each },
    });
    await page.route(/\/v1\/events\?/, (route) =>
      route.fulfill({
        json: {
          items: hostileTexts.map((each, n) => ({ ...dead, id: `${n}-${id}`, type: each, source: each })),
          nextCursor: null,
        },
      }),
    );
    await page.route(/\/v1\/events\/[^/]+$/, (route) => route.fulfill({ json: event() }));
    await page.route(/\/history/, (route) =>
      route.fulfill({ json: { verified: false, items: hostileTexts.map(transition) } }),
    );
    await page.evaluate(`location.hash = '#/events'`);
    for (const index of [0, 199]) {
      await page
        .getByRole('link', { name: `${index}-${id}`.slice(0, 8) })
        .first()
        .waitFor();
      await expectHarmless(page);
      // Rows are drawn where they are seen.
      await page.evaluate('window.scrollTo(0, 1_000_000)');
    }
    for (const [index, each] of hostileTexts.entries()) {
      if (index % 40 !== 0 && each.length < 1_000) continue;
      text = each;
      await page.evaluate(`location.hash = '#/events/${index}-${id}'`);
      await page.getByText(`${index}-${id}`, { exact: true }).waitFor();
      await page.getByText('broken', { exact: true }).waitFor();
      await expectHarmless(page);
    }
  });
});
