import { readTexts } from '../../app/search.ts';

/** Those that the API takes, for the list, for the groups and for a plan. */
const names = [
  'type',
  'source',
  'client',
  'class',
  'failure',
  'failureGroup',
  'reason',
  'createdAfter',
  'createdBefore',
  'diedAfter',
  'diedBefore',
  'text',
  'attemptsAtLeast',
  'generationAtLeast',
] as const;

export type DeadLetterReason = (typeof reasons)[number];
export const reasons = ['attempts-exhausted', 'not-retryable', 'no-handler', 'lease-expired', 'poison'] as const;

export type DeadLetterFilters = { readonly [Name in Exclude<(typeof names)[number], 'reason'>]?: string } & {
  readonly reason?: DeadLetterReason;
};

export const readDeadLetterFilters = (search: Record<string, unknown>): DeadLetterFilters =>
  readTexts(names, search) as DeadLetterFilters;

/** As a plan takes them: two of them are numbers there. */
export function planFilter({ attemptsAtLeast, generationAtLeast, ...rest }: DeadLetterFilters) {
  return {
    ...rest,
    ...(attemptsAtLeast === undefined ? {} : { attemptsAtLeast: Number(attemptsAtLeast) }),
    ...(generationAtLeast === undefined ? {} : { generationAtLeast: Number(generationAtLeast) }),
  };
}

export const addressOf = (filters: DeadLetterFilters): string => `/dead-letters?${new URLSearchParams(filters)}`;
