import { readTexts } from '../../app/search.ts';

export type LiveFilters = { readonly [Name in 'type' | 'source' | 'client' | 'status']?: string };

export const readLiveFilters = (search: Record<string, unknown>): LiveFilters => readTexts(search);
