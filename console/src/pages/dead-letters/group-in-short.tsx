import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asked } from '../../api/client.ts';
import { GroupStatus } from '../../components/group-status.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { useSession } from '../../session/context.ts';

/** What is known of a failure, in three lines: nothing where it is not known yet. */
export function GroupInShort({ id }: { id: string }) {
  const { api } = useSession();
  const { data } = useQuery({
    queryKey: ['failure-group', id],
    queryFn: () => asked(api.GET('/v1/failure-groups/{id}', { params: { path: { id } } })),
    staleTime: 15_000,
    retry: false,
  });
  if (data === undefined) return null;
  const { processed, failed } = data.replays;
  return (
    <>
      <Group gap="xs">
        <GroupStatus status={data.status} />
        <Text size="sm">
          {processed + failed === 0 ? 'not replayed yet' : `replays: ${processed} processed, ${failed} failed again`}
        </Text>
      </Group>
      {data.explanation !== null && (
        <Text size="sm">
          <Verbatim>{data.explanation.summary}</Verbatim>
        </Text>
      )}
      {data.note !== null && (
        <Text size="sm">
          Resolved with: <Verbatim>{data.note}</Verbatim>
        </Text>
      )}
    </>
  );
}
