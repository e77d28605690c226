import { Badge, Code, Group, Paper, SimpleGrid, Stack, Text, Timeline, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { asked } from '../../api/client.ts';
import type { components } from '../../api/schema.d.ts';
import { Problem } from '../../components/problem.tsx';
import { Status } from '../../components/status.tsx';
import { Time } from '../../components/time.tsx';
import { usePermission, useSession } from '../../session/context.ts';
import { Acts } from './acts.tsx';
import { Explanation } from './explanation.tsx';
import { readable, sentenceOf } from './sentence.ts';

type Event = components['schemas']['Event'];

const AGAIN_MS = 3_000;

export function EventPage() {
  const { id } = useParams({ from: '/events/$id' });
  const { api } = useSession();
  const event = useQuery({
    queryKey: ['event', id],
    queryFn: () => asked(api.GET('/v1/events/{id}', { params: { path: { id } } })),
    refetchInterval: AGAIN_MS,
  });
  if (event.error !== null) return <Problem error={event.error} />;
  if (event.data === undefined) return null;
  return (
    <Stack>
      <Group justify="space-between" align="start">
        <div>
          <Title order={1} size="h3">
            {event.data.type} <Status status={event.data.status} />
          </Title>
          <Text ff="monospace" size="sm">
            {id}
          </Text>
        </div>
        <Acts event={event.data} />
      </Group>
      <Facts event={event.data} />
      {event.data.status === 'DEAD' && <Explanation explanation={event.data.explanation ?? null} />}
      <History id={id} revision={event.data.revision} />
      <Payload payload={event.data.payload} />
    </Stack>
  );
}

function Facts({ event }: { event: Event }) {
  const { source, attempts, generation, createdAt, nextAttemptAt, errorReason, idempotencyKey } = event;
  return (
    <Paper withBorder p="md">
      <SimpleGrid cols={{ base: 2, md: 4 }} component="dl" m={0}>
        <Fact name="Source">{source}</Fact>
        <Fact name="Received">
          <Time at={createdAt} />
        </Fact>
        <Fact name="Attempts">{attempts}</Fact>
        <Fact name="Replays">{generation}</Fact>
        <Fact name="Idempotency key">{idempotencyKey}</Fact>
        {nextAttemptAt !== null && (
          <Fact name="Next attempt">
            <Time at={nextAttemptAt} />
          </Fact>
        )}
        {errorReason !== null && <Fact name="Last error">{errorReason}</Fact>}
      </SimpleGrid>
    </Paper>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="dd" m={0} style={{ overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </div>
  );
}

function History({ id, revision }: { id: string; revision: number }) {
  const { api } = useSession();
  const isPermitted = usePermission('audit:read');
  const { data, error } = useQuery({
    queryKey: ['history', id, revision],
    queryFn: () => asked(api.GET('/v1/events/{id}/history', { params: { path: { id } } })),
    placeholderData: (before) => before,
    enabled: isPermitted,
  });
  if (!isPermitted) return <Text c="dimmed">The history is for those who have the permission audit:read.</Text>;
  if (error !== null) return <Problem error={error} />;
  if (data === undefined) return null;
  return (
    <Paper withBorder p="md">
      <Group mb="md">
        <Title order={2} size="h4">
          History
        </Title>
        <Badge color={data.verified ? 'green' : 'red'} variant="outline">
          {data.verified ? 'hashes verified' : 'broken'}
        </Badge>
      </Group>
      <Timeline bulletSize={14} lineWidth={2} active={data.items.length}>
        {readable(data.items).map((item) => {
          const { title, detail } = sentenceOf(item);
          return (
            <Timeline.Item key={item.id} title={title}>
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                <Time at={item.recordedAt} /> {detail}
              </Text>
            </Timeline.Item>
          );
        })}
      </Timeline>
    </Paper>
  );
}

function Payload({ payload }: { payload: unknown }) {
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4" mb="sm">
        Payload
      </Title>
      {payload === undefined ? (
        <Text c="dimmed">It is shown to those who have the permission payloads:read.</Text>
      ) : (
        <Code block>{JSON.stringify(payload, null, 2)}</Code>
      )}
    </Paper>
  );
}
