import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { transitionSchemas } from '../../../../src/domain/event/transitions.ts';

/** The names of an object's fields, and of those within them. */
function fieldLists(schema: z.ZodType, path: string): readonly (readonly [path: string, names: readonly string[]])[] {
  const shape = (schema as { shape?: Record<string, z.ZodType> }).shape;
  if (shape === undefined) return [];
  return [
    [path, Object.keys(shape)],
    ...Object.entries(shape).flatMap(([name, field]) => fieldLists(field, `${path}.${name}`)),
  ];
}

describe('the fields of a transition', () => {
  const lists = Object.entries(transitionSchemas).flatMap(([type, schema]) => fieldLists(schema, type));

  it.each(lists)(
    '%s: stand in alphabetical order, so that its data need not be sorted to be canonical',
    (_path, names) => {
      expect(names).toEqual(names.toSorted());
    },
  );
});
