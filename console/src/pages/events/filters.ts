import type { paths } from '../../api/schema.d.ts';
import { readTexts } from '../../app/search.ts';

export type EventFilters = Omit<NonNullable<paths['/v1/events']['get']['parameters']['query']>, 'limit' | 'cursor'>;
export const statuses = ['RECEIVED', 'PROCESSING', 'PROCESSED', 'FAILED', 'DEAD', 'DISCARDED'] as const;

export const readFilters = (search: Record<string, unknown>): EventFilters => readTexts(search);
