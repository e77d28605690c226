import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { asked } from '../../api/client.ts';
import { useSession } from '../../session/context.ts';
import type { EventFilters } from './filters.ts';

const PAGE = '50';
const AGAIN_MS = 3_000;

/** Pages of events by their cursors. They stay where they are; how many are newer is counted beside them. */
export function useEvents(filters: EventFilters, isFollowing: boolean) {
  const { api } = useSession();
  const page = (cursor: string | null) =>
    asked(
      api.GET('/v1/events', {
        params: { query: { ...filters, limit: PAGE, ...(cursor === null ? {} : { cursor }) } },
      }),
    );
  const list = useInfiniteQuery({
    queryKey: ['events', filters],
    queryFn: ({ pageParam }) => page(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const events = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const newest = useQuery({
    queryKey: ['events', filters, 'newest'],
    queryFn: () => page(null),
    refetchInterval: AGAIN_MS,
    enabled: isFollowing && list.data !== undefined,
  });
  const known = new Set(events.map(({ id }) => id));
  const newer = isFollowing ? (newest.data?.items.filter(({ id }) => !known.has(id)).length ?? 0) : 0;
  return { list, events, newer, isMoreThanAPage: newer === Number(PAGE) };
}
