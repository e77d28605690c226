import type { Locator } from 'playwright-core';

const MOST = 60;

/** Goes there with the tabulator key, as one without a mouse does. @throws when it cannot be reached. */
export async function tabTo(target: Locator): Promise<void> {
  await target.waitFor();
  const page = target.page();
  const focused = target.and(page.locator(':focus'));
  for (let pressed = 0; pressed < MOST; pressed++) {
    if ((await focused.count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${String(target)} is not reached with ${MOST} times the tabulator key`);
}

/** Goes there, and presses the return key. */
export async function chooseByKey(target: Locator): Promise<void> {
  await tabTo(target);
  await target.page().keyboard.press('Enter');
}
