import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fieldListsOf, wireShapesOf } from './wire-shapes.ts';

type Schemas = Parameters<typeof wireShapesOf>[0];

/**
 * Histories hold names and shapes of transitions permanently: the golden file beside the test only grows.
 * @param of whose histories, after "the history of". @param test `import.meta.url` of the test.
 */
export function wireNamesSuite(of: string, schemas: Schemas, test: string): void {
  const golden: Record<string, unknown> = JSON.parse(readFileSync(new URL('wire-names.golden.json', test), 'utf8'));

  describe(`what is written into the history of ${of}`, () => {
    it('keeps its names and shapes', () => {
      expect(wireShapesOf(schemas)).toMatchObject(golden);
    });

    it('is listed in the golden file, which grows with a new transition', () => {
      expect(Object.keys(golden)).toEqual(Object.keys(schemas));
    });

    it.each(fieldListsOf(schemas))('%s: stands in alphabetical order', (_path, names) => {
      expect(names).toEqual(names.toSorted());
    });
  });
}
