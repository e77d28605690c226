import { Group, Select, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { asked } from '../../api/client.ts';
import type { components } from '../../api/schema.d.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Link } from '../../components/link.tsx';
import { More } from '../../components/more.tsx';
import { Problem } from '../../components/problem.tsx';
import { Section } from '../../components/section.tsx';
import { TextFilter } from '../../components/text-filter.tsx';
import { Time } from '../../components/time.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { usePermission, useSession } from '../../session/context.ts';
import { acts, type RecordFilters } from './record-filters.ts';

type AccessRecord = components['schemas']['AccessRecord'];

/** Who did what, who was refused, and who read payloads. */
export function AccessRecords() {
  const { api } = useSession();
  const isPermitted = usePermission('audit:read');
  const filters = useSearch({ from: '/audit' });
  const query = useInfiniteQuery({
    queryKey: ['access-records', filters],
    queryFn: ({ pageParam }) =>
      asked(
        api.GET('/v1/access-records', {
          params: { query: { ...filters, limit: '25', ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    enabled: isPermitted,
  });
  const records = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Section title="Acts and accesses">
      {!isPermitted && <Text c="dimmed">They are shown to those who have the permission audit:read.</Text>}
      <Stack>
        <RecordFilterFields filters={filters} />
        {query.error !== null && <Problem error={query.error} />}
        <DataTable
          columns={['When', 'Act', 'Who', 'From', 'On', 'Why']}
          minWidth={820}
          empty={
            query.data !== undefined && <Text c="dimmed">None matches. Each act of an operator is listed here.</Text>
          }
          rows={records.map((record) => ({
            key: record.id,
            cells: [
              <Time key="when" at={record.at} />,
              record.act,
              <Verbatim key="who">{record.principal ?? record.clientId}</Verbatim>,
              record.address,
              <On key="on" {...record} />,
              <Verbatim key="why">{record.transition?.reason ?? record.count?.code ?? null}</Verbatim>,
            ],
          }))}
        />
        <More query={query}>Earlier ones</More>
      </Stack>
    </Section>
  );
}

function On({ transition, count }: AccessRecord) {
  if (transition === null)
    return `${count?.requests ?? 0} requests${typeof count?.route === 'string' ? `, ${count.route}` : ''}`;
  const { stream, revision } = transition;
  const event = /^event-([0-9a-f-]{36})$/.exec(stream)?.[1];
  return (
    <>
      {event === undefined ? <Verbatim>{stream}</Verbatim> : <Link to={`/events/${event}`}>{event.slice(0, 8)}</Link>},
      revision {revision}
    </>
  );
}

function RecordFilterFields({ filters }: { filters: RecordFilters }) {
  const go = useNavigate({ from: '/audit' });
  const change = (name: keyof RecordFilters, value: string | undefined) => {
    const { [name]: _, ...others } = filters;
    void go({ search: value === undefined ? others : { ...others, [name]: value } });
  };
  return (
    <Group align="end" role="search">
      <TextFilter
        label="Who"
        isFirst
        value={filters.principal}
        onChange={(principal) => change('principal', principal)}
      />
      <Select
        label="Act"
        clearable
        searchable
        data={acts}
        value={filters.act ?? null}
        onChange={(act) => change('act', act ?? undefined)}
      />
      {(['since', 'until'] as const).map((name) => (
        <TextFilter
          key={name}
          label={name === 'since' ? 'Since' : 'Until'}
          placeholder="2030-01-31T12:00:00Z"
          value={filters[name]}
          onChange={(value) => change(name, value)}
        />
      ))}
    </Group>
  );
}
