import type { paths } from '../../api/schema.d.ts';
import { readTexts } from '../../app/search.ts';

export type GroupFilters = Omit<
  NonNullable<paths['/v1/failure-groups']['get']['parameters']['query']>,
  'limit' | 'cursor'
>;

export const groupStatuses = ['open', 'resolved', 'returned'] as const;

export const readGroupFilters = (search: Record<string, unknown>): GroupFilters => readTexts(search);
