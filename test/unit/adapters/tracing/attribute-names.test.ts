import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { expect, it } from 'vitest';
import { own, standard } from '../../../../src/adapters/tracing/attributes.ts';

it('names of attributes are those of the conventions, or begin with our own', () => {
  const known = new Set<unknown>(Object.values(conventions));
  expect(Object.values(standard).filter((name) => !known.has(name))).toEqual([]);
  expect(Object.values(own).filter((name) => !name.startsWith('eventops.'))).toEqual([]);
});
