/**
 * Works on items, so many at one time. When it returns or throws, nothing is under way any more.
 * @throws what the first of them threw that failed; then the items behind its group are left.
 */
export async function someAtOnce<Item>(
  items: readonly Item[],
  most: number,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < items.length; from += most) {
    const settled = await Promise.allSettled(items.slice(from, from + most).map(work));
    for (const each of settled) if (each.status === 'rejected') throw each.reason;
  }
}
