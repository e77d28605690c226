import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asked } from '../../api/client.ts';
import { DataTable } from '../../components/data-table.tsx';
import { GroupStatus } from '../../components/group-status.tsx';
import { Link } from '../../components/link.tsx';
import { Section } from '../../components/section.tsx';
import { Time } from '../../components/time.tsx';
import { useSession } from '../../session/context.ts';

const AGAIN_MS = 5_000;

export function NewestFailures() {
  const { api } = useSession();
  const { data } = useQuery({
    queryKey: ['failure-groups', 'newest'],
    queryFn: () => asked(api.GET('/v1/failure-groups', { params: { query: { limit: '5' } } })),
    refetchInterval: AGAIN_MS,
  });
  if (data === undefined) return null;
  return (
    <Section title="Failures that were seen last">
      <DataTable
        columns={['Failure', 'Status', 'Seen last', 'Events', 'Dead letters']}
        empty={<Text c="dimmed">No event has failed yet.</Text>}
        rows={data.items.map(({ id, title, status, lastSeenAt, events, dead }) => ({
          key: id,
          cells: [
            <Link key="title" to={`/failure-groups/${id}`}>
              {title}
            </Link>,
            <GroupStatus key="status" status={status} />,
            <Time key="seen" at={lastSeenAt} />,
            events,
            dead,
          ],
        }))}
      />
    </Section>
  );
}
