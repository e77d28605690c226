import type { paths } from '../../api/schema.d.ts';
import { readTexts } from '../../app/search.ts';

export const reasons = ['attempts-exhausted', 'not-retryable', 'no-handler', 'lease-expired', 'poison'] as const;

/** Those that the API takes, for the list, for the groups and for a plan. */
export type DeadLetterFilters = Omit<
  NonNullable<paths['/v1/dead-letters']['get']['parameters']['query']>,
  'limit' | 'cursor'
>;

export const readDeadLetterFilters = (search: Record<string, unknown>): DeadLetterFilters => readTexts(search);

/** As a plan takes them: two of them are numbers there. */
export function planFilter({ attemptsAtLeast, generationAtLeast, ...rest }: DeadLetterFilters) {
  return {
    ...rest,
    ...(attemptsAtLeast === undefined ? {} : { attemptsAtLeast: Number(attemptsAtLeast) }),
    ...(generationAtLeast === undefined ? {} : { generationAtLeast: Number(generationAtLeast) }),
  };
}

export const addressOf = (filters: DeadLetterFilters): string => `/dead-letters?${new URLSearchParams(filters)}`;
