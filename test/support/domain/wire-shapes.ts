import { z } from 'zod';

type Schemas = Readonly<Record<string, z.ZodType>>;

/** The shapes of transitions' data by type, in a form that can be compared with a file. */
export const wireShapesOf = (schemas: Schemas): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _, ...shape } = z.toJSONSchema(schema, {
        // The regular expression behind a date is zod's own affair.
        override: ({ jsonSchema }) => {
          if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
        },
      });
      return [name, shape];
    }),
  );

/** The names of an object's fields, and of those within them. */
export const fieldListsOf = (schemas: Schemas): readonly (readonly [path: string, names: readonly string[]])[] =>
  Object.entries(schemas).flatMap(([type, schema]) => fieldLists(schema, type));

function fieldLists(schema: z.ZodType, path: string): readonly (readonly [path: string, names: readonly string[]])[] {
  const shape = (schema as { shape?: Record<string, z.ZodType> }).shape;
  if (shape === undefined) return [];
  return [
    [path, Object.keys(shape)],
    ...Object.entries(shape).flatMap(([name, field]) => fieldLists(field, `${path}.${name}`)),
  ];
}
