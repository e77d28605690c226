import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from './counts.ts';

/** What all tests of a run left. */
export const readCounts = (folder: string): readonly Counts[] =>
  readdirSync(folder)
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Counts)
    .sort((one, other) => one.test.localeCompare(other.test, 'en'));
