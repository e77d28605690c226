import { Select, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { asked } from '../../api/client.ts';
import { Command } from '../../components/command.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { GroupStatus } from '../../components/group-status.tsx';
import { Link } from '../../components/link.tsx';
import { More } from '../../components/more.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Problem } from '../../components/problem.tsx';
import { TextFilter } from '../../components/text-filter.tsx';
import { Time } from '../../components/time.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { useSession } from '../../session/context.ts';
import { type GroupFilters, groupStatuses } from './filters.ts';

/** Each failure that was seen, also those that are resolved. */
export function FailureGroupsPage() {
  const { api } = useSession();
  const filters = useSearch({ from: '/failure-groups' });
  const go = useNavigate({ from: '/failure-groups' });
  const query = useInfiniteQuery({
    queryKey: ['failure-groups', filters],
    queryFn: ({ pageParam }) =>
      asked(
        api.GET('/v1/failure-groups', {
          params: { query: { ...filters, limit: '25', ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const change = (name: keyof GroupFilters, value: string | undefined) => {
    const { [name]: _, ...others } = filters;
    void go({ search: value === undefined ? others : { ...others, [name]: value } });
  };
  const groups = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Stack>
      <PageHead title="Failures" />
      <Stack role="search" maw={300}>
        <TextFilter label="Handler" isFirst value={filters.handler} onChange={(value) => change('handler', value)} />
        <Select
          label="Status"
          clearable
          data={groupStatuses}
          value={filters.status ?? null}
          onChange={(value) => change('status', value ?? undefined)}
        />
      </Stack>
      {query.error !== null && <Problem error={query.error} />}
      <DataTable
        columns={['Failure', 'Status', 'Seen', 'Events', 'Dead letters', 'Replays', 'Note']}
        minWidth={820}
        empty={
          query.data !== undefined && <Text c="dimmed">No failure matches. Failures of one cause are one here.</Text>
        }
        rows={groups.map((group) => ({
          key: group.id,
          cells: [
            <Link key="title" to={`/failure-groups/${group.id}`}>
              {group.title}
            </Link>,
            <GroupStatus key="status" status={group.status} />,
            <>
              <Time at={group.firstSeenAt} /> to <Time at={group.lastSeenAt} />
            </>,
            group.events,
            group.dead,
            `${group.replays.processed} processed, ${group.replays.failed} failed again`,
            <Verbatim key="note">{group.note}</Verbatim>,
          ],
        }))}
      />
      <More query={query}>Earlier ones</More>
      <Command>bin/eventops failures list</Command>
    </Stack>
  );
}
