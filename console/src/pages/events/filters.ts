import type { paths } from '../../api/schema.d.ts';

export type EventFilters = Omit<NonNullable<paths['/v1/events']['get']['parameters']['query']>, 'limit' | 'cursor'>;
export const statuses = ['RECEIVED', 'PROCESSING', 'PROCESSED', 'FAILED', 'DEAD', 'DISCARDED'] as const;

const texts = ['type', 'source', 'failure', 'createdAfter', 'createdBefore'] as const;

/** From the address. What is no filter there is left out; one whose value the API refuses is an error on the page. */
export function readFilters(search: Record<string, unknown>): EventFilters {
  const filters: Record<string, string> = {};
  for (const name of ['status', ...texts] as const) {
    const value = search[name];
    if (value !== undefined && value !== '') filters[name] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  return filters;
}
