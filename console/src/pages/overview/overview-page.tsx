import { Anchor, Paper, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asked } from '../../api/client.ts';
import { Problem } from '../../components/problem.tsx';
import { useSession } from '../../session/context.ts';

const AGAIN_MS = 5_000;

/** What happened in the last hour, and what waits for an operator. */
export function OverviewPage() {
  const { api } = useSession();
  const { data, error } = useQuery({
    queryKey: ['statistics'],
    queryFn: () => asked(api.GET('/v1/stats', { params: { query: { by: 'type', bucket: '1m' } } })),
    refetchInterval: AGAIN_MS,
  });
  if (error !== null) return <Problem error={error} />;
  if (data === undefined || data.by !== 'type') return null;
  const { counts, endToEnd } = data.total;
  const figures = [
    ['Received', counts.received],
    ['Processed', counts.processed],
    ['Failed attempts', counts.failed],
    ['Dead letters', counts.dead],
  ] as const;
  return (
    <Stack>
      <Title order={1} size="h2">
        The last hour
      </Title>
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        {figures.map(([name, value]) => (
          <Paper key={name} withBorder p="md">
            <Text c="dimmed" size="sm">
              {name}
            </Text>
            <Text fz={28} fw={600}>
              {value.toLocaleString('en')}
            </Text>
          </Paper>
        ))}
      </SimpleGrid>
      {endToEnd !== null && (
        <Text>
          From receipt to the end: half of the events within {endToEnd.p50Ms} ms, 99 of 100 within {endToEnd.p99Ms} ms.
        </Text>
      )}
      {counts.dead > 0 && (
        <Anchor href="#/events?status=DEAD" underline="always">
          See the dead letters
        </Anchor>
      )}
      <Table>
        <Table.Thead>
          <Table.Tr>
            {['Type', 'Received', 'Processed', 'Failed', 'Dead', 'p99'].map((name) => (
              <Table.Th key={name} scope="col">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.groups.map((group) => (
            <Table.Tr key={group.type ?? ''}>
              <Table.Td>{group.type ?? 'all others'}</Table.Td>
              <Table.Td>{group.counts.received}</Table.Td>
              <Table.Td>{group.counts.processed}</Table.Td>
              <Table.Td>{group.counts.failed}</Table.Td>
              <Table.Td>{group.counts.dead}</Table.Td>
              <Table.Td>{group.endToEnd === null ? '' : `${group.endToEnd.p99Ms} ms`}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}
