import type { FastifyRequest } from 'fastify';

/** Every value that a header came with: Node keeps the first one of some, and makes one text of the others. */
export function valuesOf({ raw }: Pick<FastifyRequest, 'raw'>, name: string): readonly string[] {
  const values: string[] = [];
  for (let index = 0; index < raw.rawHeaders.length; index += 2)
    if (raw.rawHeaders[index]?.toLowerCase() === name) values.push(raw.rawHeaders[index + 1] ?? '');
  return values;
}
