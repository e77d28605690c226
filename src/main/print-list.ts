import type { ListForm } from '../cli/output-forms.ts';
import { print, readerMayLeave } from './results-of-commands.ts';

/** A list that a command shows: as a table, as one JSON array, or with one item on each line. */
export async function printList<Item>(
  items: readonly Item[],
  output: ListForm,
  draw: (items: readonly Item[]) => string,
): Promise<void> {
  readerMayLeave();
  if (output === 'table') await print(draw(items));
  else if (output === 'json') await print(`${JSON.stringify(items)}\n`);
  else for (const item of items) await print(`${JSON.stringify(item)}\n`);
}
