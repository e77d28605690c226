import { Checkbox, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { asked } from '../../api/client.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EventLink } from '../../components/link.tsx';
import { More } from '../../components/more.tsx';
import { Problem } from '../../components/problem.tsx';
import { Time } from '../../components/time.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { useSession } from '../../session/context.ts';
import type { DeadLetterFilters } from './filters.ts';

const PAGE = '50';

interface Given {
  readonly filters: DeadLetterFilters;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
}

export function DeadLetterList({ filters, chosen, onChoose }: Given) {
  const { api } = useSession();
  const query = useInfiniteQuery({
    queryKey: ['dead-letters', filters],
    queryFn: ({ pageParam }) =>
      asked(
        api.GET('/v1/dead-letters', {
          params: { query: { ...filters, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  if (query.error !== null) return <Problem error={query.error} />;
  const events = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const set = (id: string, isChosen: boolean) => {
    const next = new Set(chosen);
    if (isChosen) next.add(id);
    else next.delete(id);
    onChoose(next);
  };
  return (
    <Stack>
      {events.length > 0 && (
        <Checkbox
          label={`All ${events.length} that are shown`}
          checked={events.every(({ id }) => chosen.has(id))}
          indeterminate={chosen.size > 0 && !events.every(({ id }) => chosen.has(id))}
          onChange={(event) => onChoose(new Set(event.currentTarget.checked ? events.map(({ id }) => id) : []))}
        />
      )}
      <DataTable
        columns={['Choose', 'Event', 'Type', 'Received', 'Attempts', 'Replays', 'Last error']}
        minWidth={760}
        empty={query.isPending ? null : <Text c="dimmed">There is none.</Text>}
        rows={events.map(({ id, type, createdAt, attempts, generation, errorReason, explanation }) => ({
          key: id,
          cells: [
            <Checkbox
              key="choose"
              aria-label={`Choose ${id}`}
              checked={chosen.has(id)}
              onChange={(event) => set(id, event.currentTarget.checked)}
            />,
            <EventLink key="id" id={id} />,
            <Verbatim key="type">{type}</Verbatim>,
            <Time key="received" at={createdAt} />,
            attempts,
            generation,
            <Text key="why" size="sm" lineClamp={3}>
              <Verbatim>{explanation?.summary ?? errorReason}</Verbatim>
            </Text>,
          ],
        }))}
      />
      <More query={query}>Earlier ones</More>
    </Stack>
  );
}
