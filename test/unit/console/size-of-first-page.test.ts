import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { firstPageOf } from '../../support/console/first-page.ts';

const MOST_BYTES = 250_000;

it("the console's first page loads at most 250 kB of JavaScript, compressed", () => {
  const files = firstPageOf('console/dist');
  expect(files.length).toBeGreaterThan(0);
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0);
  expect(bytes).toBeLessThan(MOST_BYTES);
});
