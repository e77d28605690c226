import { Button, Group, Stack, Switch, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { Link } from '../../components/link.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Problem } from '../../components/problem.tsx';
import { EventFilters } from './event-filters.tsx';
import { EventRows } from './event-rows.tsx';
import { useEvents } from './use-events.ts';

export function EventsPage() {
  const filters = useSearch({ from: '/events' });
  const go = useNavigate({ from: '/events' });
  const [isFollowing, setFollowing] = useState(true);
  const { list, events, newer, isMoreThanAPage } = useEvents(filters, isFollowing);
  const { error, isPending, hasNextPage, isFetching, fetchNextPage, refetch } = list;
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const refresh = () => {
    window.scrollTo({ top: 0 });
    void refetch();
  };
  return (
    <Stack>
      <PageHead title="Events">
        <Group>
          <Link to="/live">Live</Link>
          <Switch
            label="Look for newer ones"
            checked={isFollowing}
            onChange={(event) => setFollowing(event.currentTarget.checked)}
          />
          <Button variant="default" onClick={refresh} loading={isFetching}>
            Refresh
          </Button>
        </Group>
      </PageHead>
      <EventFilters filters={filters} onChange={(search) => void go({ search })} />
      {error !== null && <Problem error={error} />}
      {newer > 0 && (
        <Button variant="light" onClick={refresh} aria-live="polite">
          {newer}
          {isMoreThanAPage && ' or more'} newer {newer === 1 ? 'event' : 'events'}: show
        </Button>
      )}
      {!isPending && error === null && events.length === 0 && (
        <Text c="dimmed">
          No event matches. Send one with <code>POST /v1/events</code>, or remove a filter.
        </Text>
      )}
      {events.length > 0 && <EventRows events={events} onEnd={more} />}
      {hasNextPage && (
        <Button variant="default" onClick={more} loading={isFetching}>
          Older events
        </Button>
      )}
    </Stack>
  );
}
