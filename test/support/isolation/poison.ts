import { expect } from 'vitest';
import type { Lived } from './live-under-supervisor.ts';

/** In hand when a worker ends, each for long enough. */
export const neighbours = Array.from({ length: 20 }, (_, index) => ({
  key: `neighbour-${index}`,
  type: 'takes-its-time',
}));

const typesOf = (lived: Lived, key: string) => lived.historyOf(key).map(({ type }) => type);
const isInterrupted = (lived: Lived, key: string) => typesOf(lived, key).includes('ProcessingInterrupted');

/** Each had its end at its first attempt, however often it was interrupted. */
export function expectNeighboursToHaveKeptTheirAttempts(lived: Lived): void {
  for (const { key } of neighbours) {
    expect(lived.historyOf(key).at(-1), key).toMatchObject({ type: 'ProcessingSucceeded', data: { attempt: 1 } });
    expect(typesOf(lived, key), key).not.toContain('ProcessingFailed');
  }
  // Or nothing was in hand, and nothing is shown.
  expect(neighbours.filter(({ key }) => isInterrupted(lived, key)).length).toBeGreaterThan(0);
}

export function expectPoison(lived: Lived, key: string): void {
  const history = lived.historyOf(key);
  expect(history.at(-1), key).toMatchObject({ type: 'EventDeadLettered', data: { reason: 'poison', attempt: 1 } });
  // The last of those that count is the failure.
  const alone = history.filter(({ type, data }) => type === 'ProcessingInterrupted' && data.wasAlone);
  expect(alone, key).toHaveLength(2);
  expect(history.at(-2), key).toMatchObject({ type: 'ProcessingFailed', data: { failure: { class: 'Poison' } } });
}
