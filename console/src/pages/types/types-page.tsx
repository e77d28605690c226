import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asked } from '../../api/client.ts';
import type { components } from '../../api/schema.d.ts';
import { DataTable } from '../../components/data-table.tsx';
import { duration } from '../../components/duration.ts';
import { Link } from '../../components/link.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Problem } from '../../components/problem.tsx';
import { Time } from '../../components/time.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { useSession } from '../../session/context.ts';
import { PauseAny, PauseOrResume } from './pause-acts.tsx';

type EventType = components['schemas']['EventType'];

const AGAIN_MS = 4_000;

/** What happens to events by their type, and which of them wait. */
export function TypesPage() {
  const { api } = useSession();
  const again = { refetchInterval: AGAIN_MS };
  const { data, error } = useQuery({ ...again, queryKey: ['types'], queryFn: () => asked(api.GET('/v1/types')) });
  const statistics = useQuery({
    ...again,
    queryKey: ['statistics', 'type', '1m'],
    queryFn: () => asked(api.GET('/v1/stats', { params: { query: { by: 'type', bucket: '1m' } } })),
  });
  const lastHour = new Map(
    statistics.data?.by === 'type' ? statistics.data.groups.map((group) => [group.type, group]) : [],
  );
  return (
    <Stack>
      <PageHead title="Handlers">
        <PauseAny />
      </PageHead>
      {error !== null && <Problem error={error} />}
      {data !== undefined && (
        <DataTable
          columns={['Type', 'Policy', 'In the last hour', 'Waiting', 'State', 'Act']}
          minWidth={860}
          empty={<Text c="dimmed">The configuration has no handler. eventops.config.ts is where they are.</Text>}
          rows={data.items.map((type) => {
            const hour = lastHour.get(type.name);
            return {
              key: type.name,
              cells: [
                <Link key="name" to={`/events?${new URLSearchParams({ type: type.name })}`}>
                  {type.name}
                </Link>,
                <Policy key="policy" handler={type.handler} />,
                hour === undefined
                  ? ''
                  : `${hour.counts.started} attempts, ${hour.counts.failed} failed` +
                    (hour.attempts === null
                      ? ''
                      : `, ${duration(hour.attempts.p50Ms)} (p99 ${duration(hour.attempts.p99Ms)})`),
                type.waiting === null ? 'not known' : `${type.waiting}${data.waitingIsComplete ? '' : ' or more'}`,
                <Pause key="pause" pause={type.pause} />,
                <PauseOrResume key="act" type={type} />,
              ],
            };
          })}
        />
      )}
    </Stack>
  );
}

function Policy({ handler }: Pick<EventType, 'handler'>) {
  if (handler === null) return <Text size="sm">no handler: its events are dead letters at once</Text>;
  const { retry, timeoutMs, replay, version, retryOn } = handler;
  const special = Object.keys(retryOn);
  return (
    <Text size="sm">
      {retry.maxAttempts} attempts, {duration(retry.initialDelayMs)} to {duration(retry.maxDelayMs)} between them (×
      {retry.factor}), {duration(timeoutMs)} for each; replay: {replay}
      {special.length > 0 && `; another policy for ${special.join(', ')}`}; version {version}
    </Text>
  );
}

function Pause({ pause }: Pick<EventType, 'pause'>) {
  if (pause === null) return <Text size="sm">runs</Text>;
  return (
    <Text size="sm">
      paused <Time at={pause.since} /> by <Verbatim>{pause.by}</Verbatim>: <Verbatim>{pause.reason}</Verbatim>
    </Text>
  );
}
