import type { paths } from '../../api/schema.d.ts';
import { readTexts } from '../../app/search.ts';

export const reasons = ['attempts-exhausted', 'not-retryable', 'no-handler', 'lease-expired', 'poison'] as const;

/** Those that the API takes, and `payload.…` beside them, for the list, for the groups and for a plan. */
export type DeadLetterFilters = Omit<
  NonNullable<paths['/v1/dead-letters']['get']['parameters']['query']>,
  'limit' | 'cursor' | 'payload'
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

/** A shell takes what is between single quotes as it is. */
const quoted = (text: string) => (/^[\w.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** The list as `bin/eventops` shows it; `null` for filters that it does not have. */
export function commandOf(filters: DeadLetterFilters): string | null {
  const options = Object.entries(filters).map(([name, value]) => {
    if (/(After|Before)$|^payload\./.test(name)) return null;
    const option =
      name === 'failureGroup' ? 'group' : name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return ` --${option} ${quoted(value)}`;
  });
  return options.includes(null) ? null : `bin/eventops dlq list${options.join('')}`;
}
