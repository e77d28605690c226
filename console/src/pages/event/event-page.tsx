import { Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { asked } from '../../api/client.ts';
import { Command } from '../../components/command.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Problem } from '../../components/problem.tsx';
import { Status } from '../../components/status.tsx';
import { useSession } from '../../session/context.ts';
import { Acts } from './acts.tsx';
import { EventFacts } from './event-facts.tsx';
import { Explanation } from './explanation.tsx';
import { History } from './history.tsx';
import { Life } from './life.tsx';
import { isNow } from './moment.ts';
import { Payload } from './payload.tsx';
import { ReceiptButton } from './receipt-button.tsx';
import { Repair } from './repair.tsx';
import { Revisions } from './revisions.tsx';
import { Similar } from './similar.tsx';
import { TimeSlider } from './time-slider.tsx';

const AGAIN_MS = 3_000;

export function EventPage() {
  const { id } = useParams({ from: '/events/$id' });
  const moment = useSearch({ from: '/events/$id' });
  const { api } = useSession();
  const { data: event, error } = useQuery({
    queryKey: ['event', id, moment],
    queryFn: () => asked(api.GET('/v1/events/{id}', { params: { path: { id }, query: moment } })),
    placeholderData: (before, query) => (query?.queryKey[1] === id ? before : undefined),
    refetchInterval: isNow(moment) ? AGAIN_MS : false,
  });
  if (error !== null) return <Problem error={error} />;
  if (event === undefined) return null;
  return (
    <Stack>
      <PageHead
        title={
          <>
            {event.type} <Status status={event.status} />
          </>
        }
      >
        <Group>
          {isNow(moment) && <Acts event={event} />}
          <ReceiptButton id={id} />
        </Group>
      </PageHead>
      <Text ff="monospace" size="sm" style={{ overflowWrap: 'anywhere' }}>
        {id}
      </Text>
      <TimeSlider id={id} moment={moment} revision={event.revision} />
      <EventFacts event={event} />
      {isNow(moment) && event.status === 'DEAD' && <Explanation explanation={event.explanation ?? null} />}
      {isNow(moment) && event.errorReason !== null && <Similar id={id} revision={event.revision} />}
      <Life id={id} revision={event.revision} />
      <History id={id} revision={event.revision} moment={moment} />
      <Payload payload={event.payload} />
      <Revisions key={event.revision} id={id} revision={event.revision} />
      {isNow(moment) && <Repair id={id} />}
      <Command>{`bin/eventops history ${id}`}</Command>
      <Command>{`bin/eventops trace ${id}`}</Command>
    </Stack>
  );
}
