import { Anchor, Button, Group, Select, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { asked } from '../../api/client.ts';
import { Problem } from '../../components/problem.tsx';
import { Status } from '../../components/status.tsx';
import { Time } from '../../components/time.tsx';
import { useSession } from '../../session/context.ts';
import { type EventFilters, statuses } from './filters.ts';

const PAGE = 50;

/** Those that are undefined are removed. */
type Changed = { readonly [Name in keyof EventFilters]?: EventFilters[Name] | undefined };

export function EventsPage() {
  const { api } = useSession();
  const filters = useSearch({ from: '/events' });
  const go = useNavigate({ from: '/events' });
  const change = (changed: Changed) => void go({ search: { ...filters, ...changed } as EventFilters, replace: true });
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetching, refetch } = useInfiniteQuery({
    queryKey: ['events', filters],
    queryFn: ({ pageParam }) =>
      asked(
        api.GET('/v1/events', {
          params: { query: { ...filters, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const events = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          Events
        </Title>
        <Button variant="default" onClick={() => void refetch()} loading={isFetching}>
          Refresh
        </Button>
      </Group>
      <Filters filters={filters} onChange={change} />
      {error !== null && <Problem error={error} />}
      {!isPending && error === null && events.length === 0 && (
        <Text c="dimmed">
          No event matches. Send one with <code>POST /v1/events</code>, or remove a filter.
        </Text>
      )}
      {events.length > 0 && (
        <Table.ScrollContainer minWidth={640}>
          <Table highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                {['Received', 'Type', 'Source', 'Status', 'Attempts', 'Event'].map((name) => (
                  <Table.Th key={name} scope="col">
                    {name}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {events.map(({ id, createdAt, type, source, status, attempts }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    <Time at={createdAt} />
                  </Table.Td>
                  <Table.Td>{type}</Table.Td>
                  <Table.Td>{source}</Table.Td>
                  <Table.Td>
                    <Status status={status} />
                  </Table.Td>
                  <Table.Td>{attempts}</Table.Td>
                  <Table.Td>
                    <Anchor href={`#/events/${id}`} ff="monospace" size="sm" underline="always">
                      {id.slice(0, 8)}
                    </Anchor>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {hasNextPage && (
        <Button variant="default" onClick={() => void fetchNextPage()} loading={isFetching}>
          Older events
        </Button>
      )}
    </Stack>
  );
}

function Filters({ filters, onChange }: { filters: EventFilters; onChange: (changed: Changed) => void }) {
  const text = (name: 'type' | 'source' | 'failure', label: string) => (
    <TextInput
      label={label}
      defaultValue={filters[name] ?? ''}
      key={filters[name] ?? ''}
      {...(name === 'type' ? { 'data-search': true } : {})}
      onBlur={(event) => onChange({ [name]: event.currentTarget.value || undefined })}
      onKeyDown={(event) => event.key === 'Enter' && onChange({ [name]: event.currentTarget.value || undefined })}
    />
  );
  return (
    <Group align="end" role="search">
      <Select
        label="Status"
        clearable
        data={statuses}
        value={filters.status ?? null}
        onChange={(status) => onChange({ status: status ?? undefined })}
      />
      {text('type', 'Type')}
      {text('source', 'Source')}
      {text('failure', 'Failure')}
    </Group>
  );
}
