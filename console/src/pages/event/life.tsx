import { Anchor, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asked } from '../../api/client.ts';
import { Problem } from '../../components/problem.tsx';
import { Section } from '../../components/section.tsx';
import { useSession } from '../../session/context.ts';
import { LifeBars } from './life-bars.tsx';

/** Where an event spent its time, each generation on an axis of its own. */
export function Life({ id, revision }: { id: string; revision: number }) {
  const { api, settings } = useSession();
  const { data, error } = useQuery({
    queryKey: ['trace', id, revision],
    queryFn: () => asked(api.GET('/v1/events/{id}/trace', { params: { path: { id } } })),
    placeholderData: (before) => before,
  });
  if (error !== null) return <Problem error={error} />;
  if (data === undefined) return null;
  const generations = Map.groupBy(data.spans, ({ generation }) => generation);
  const { traceUrl } = settings;
  return (
    <Section title="Attempts and waits">
      {data.omittedSpans > 0 && <Text c="dimmed">{data.omittedSpans} in between are left out.</Text>}
      <Stack>
        {[...generations].map(([generation, spans]) => (
          <LifeBars
            key={generation}
            name={generation === 0 ? 'First' : `Replay ${generation}`}
            spans={spans}
            endedAt={data.endedAt}
          />
        ))}
      </Stack>
      {data.traceIds.length > 0 && (
        <Group mt="sm">
          <Text size="sm">Traces:</Text>
          {data.traceIds.map((traceId) =>
            traceUrl === null ? (
              <Text key={traceId} ff="monospace" size="sm" style={{ overflowWrap: 'anywhere' }}>
                {traceId}
              </Text>
            ) : (
              <Anchor
                key={traceId}
                ff="monospace"
                size="sm"
                underline="always"
                target="_blank"
                rel="noreferrer"
                href={traceUrl.replaceAll('{traceId}', encodeURIComponent(traceId))}
              >
                {traceId}
              </Anchor>
            ),
          )}
        </Group>
      )}
    </Section>
  );
}
