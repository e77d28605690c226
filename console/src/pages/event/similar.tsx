import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asked } from '../../api/client.ts';
import { GroupStatus } from '../../components/group-status.tsx';
import { EventLink, Link } from '../../components/link.tsx';
import { Section } from '../../components/section.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { useSession } from '../../session/context.ts';

/** Whether something like it happened before, and what helped. */
export function Similar({ id, revision }: { id: string; revision: number }) {
  const { api } = useSession();
  const { data } = useQuery({
    queryKey: ['similar', id, revision],
    queryFn: () => asked(api.GET('/v1/events/{id}/similar', { params: { path: { id }, query: { limit: '5' } } })),
    placeholderData: (before) => before,
    retry: false,
  });
  if (data === undefined) return null;
  return (
    <Section title="Similar failures">
      {data.items.length === 0 && <Text c="dimmed">None is known.</Text>}
      {data.items.map(({ score, failureGroup, eventId, why, explanation }) => (
        <div key={`${failureGroup.id} ${eventId}`}>
          <Group gap="xs">
            <Link to={`/failure-groups/${failureGroup.id}`}>{failureGroup.title}</Link>
            <GroupStatus status={failureGroup.status} />
            <EventLink id={eventId} />
          </Group>
          <Text size="sm" mb="sm">
            {Math.round(score * 100)} %: <Verbatim>{why.text}</Verbatim>{' '}
            {failureGroup.note !== null && (
              <>
                What helped: <Verbatim fw={600}>{failureGroup.note}</Verbatim>{' '}
              </>
            )}
            {failureGroup.replays !== null &&
              `Its replays: ${failureGroup.replays.processed} processed, ${failureGroup.replays.failed} failed again. `}
            {failureGroup.note === null && explanation !== null && <Verbatim>{explanation.probableCause}</Verbatim>}
          </Text>
        </div>
      ))}
    </Section>
  );
}
