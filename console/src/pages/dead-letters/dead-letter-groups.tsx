import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asked } from '../../api/client.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EventLink, Link } from '../../components/link.tsx';
import { Problem } from '../../components/problem.tsx';
import { Section } from '../../components/section.tsx';
import { Time } from '../../components/time.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { useSession } from '../../session/context.ts';
import { addressOf, type DeadLetterFilters } from './filters.ts';
import { GroupInShort } from './group-in-short.tsx';

const AGAIN_MS = 5_000;

/** The dead letters of the filters, counted by failure group. */
export function DeadLetterGroups({ filters }: { filters: DeadLetterFilters }) {
  const { api } = useSession();
  const { data, error } = useQuery({
    queryKey: ['dead-letter-groups', filters],
    queryFn: () => asked(api.GET('/v1/dead-letters/groups', { params: { query: { ...filters, limit: '50' } } })),
    refetchInterval: AGAIN_MS,
    placeholderData: (before) => before,
  });
  if (error !== null) return <Problem error={error} />;
  if (data === undefined) return null;
  const shown = data.groups > data.items.length ? `, the largest ${data.items.length} shown` : '';
  return (
    <Section title={`${data.events} by failure, in ${data.groups} groups${shown}`}>
      <DataTable
        columns={['Failure', 'Dead', 'Died', 'Group', 'Latest']}
        minWidth={720}
        empty={
          <Text c="dimmed">
            No dead letter matches. An event becomes one when no attempt is left, or when trying again cannot help.
          </Text>
        }
        rows={data.items.map((group) => ({
          key: group.failureGroupId ?? 'none',
          cells: [
            <>
              <Verbatim fw={600}>{group.title ?? 'in no group yet'}</Verbatim>
              <Text size="sm" c="dimmed">
                <Verbatim>{[group.handler, group.class].filter((part) => part !== null).join(' · ')}</Verbatim>
              </Text>
              {group.failureGroupId !== null && <GroupInShort id={group.failureGroupId} />}
            </>,
            group.failureGroupId === null ? (
              group.events
            ) : (
              <Link to={addressOf({ ...filters, failureGroup: group.failureGroupId })}>{group.events}</Link>
            ),
            <>
              <Time at={group.diedFirst} /> to <Time at={group.diedLast} />
            </>,
            group.failureGroupId !== null && <Link to={`/failure-groups/${group.failureGroupId}`}>Open</Link>,
            <EventLink key="latest" id={group.lastEventId} />,
          ],
        }))}
      />
    </Section>
  );
}
