import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The scripts that a browser loads before it shows anything: those of the page, and what they import, but for `import()`. */
export function firstPageOf(folder: string): readonly string[] {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const found = new Set([...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].flatMap(([, name]) => name ?? []));
  // A set that is read goes on with what is added meanwhile.
  for (const name of found) {
    const text = readFileSync(join(folder, name), 'utf8');
    for (const [, imported = ''] of text.matchAll(/(?:\bfrom|\bimport)\s*["'`]\.\/([^"'`]+\.js)["'`]/g))
      found.add(`assets/${imported}`);
  }
  return [...found].map((name) => join(folder, name));
}
