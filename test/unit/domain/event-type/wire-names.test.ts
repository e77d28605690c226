import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { transitionSchemas } from '../../../../src/domain/event-type/transitions.ts';
import { fieldListsOf, wireShapesOf } from '../../../support/domain/wire-shapes.ts';

const golden: Record<string, unknown> = JSON.parse(
  readFileSync(new URL('wire-names.golden.json', import.meta.url), 'utf8'),
);

// Histories hold these names and shapes permanently: the golden file only grows.
describe('what is written into the history of a type', () => {
  it('keeps its names and shapes', () => {
    expect(wireShapesOf(transitionSchemas)).toMatchObject(golden);
  });

  it('is listed in the golden file, which grows with a new transition', () => {
    expect(Object.keys(golden)).toEqual(Object.keys(transitionSchemas));
  });

  it.each(fieldListsOf(transitionSchemas))('%s: stands in alphabetical order', (_path, names) => {
    expect(names).toEqual(names.toSorted());
  });
});
