import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Command } from '../../components/command.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EventLink } from '../../components/link.tsx';
import { Notice } from '../../components/notice.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Status } from '../../components/status.tsx';
import { TextFilter } from '../../components/text-filter.tsx';
import { Time } from '../../components/time.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { statuses } from '../events/filters.ts';
import type { LiveFilters } from './live-filters.ts';
import { useStream } from './use-stream.ts';

/** What happens, while it happens. */
export function LivePage() {
  const filters = useSearch({ from: '/live' });
  const go = useNavigate({ from: '/live' });
  const [isPaused, setPaused] = useState(false);
  const { transitions, problem } = useStream(filters, isPaused);
  const change = (name: keyof LiveFilters, value: string | undefined) => {
    const { [name]: _, ...others } = filters;
    void go({ search: value === undefined ? others : { ...others, [name]: value } });
  };
  return (
    <Stack>
      <PageHead title="Live">
        <Button variant="default" onClick={() => setPaused(!isPaused)}>
          {isPaused ? 'Go on' : 'Pause'}
        </Button>
      </PageHead>
      <Group align="end" role="search">
        <TextFilter label="Type" isFirst value={filters.type} onChange={(value) => change('type', value)} />
        <TextFilter label="Source" value={filters.source} onChange={(value) => change('source', value)} />
        <TextFilter label="Client" value={filters.client} onChange={(value) => change('client', value)} />
        <Select
          label="Status"
          clearable
          data={statuses}
          value={filters.status ?? null}
          onChange={(status) => change('status', status ?? undefined)}
        />
      </Group>
      {problem !== null && (
        <Notice title="Nothing comes at the moment" color="yellow">
          <Verbatim>{problem}</Verbatim>
        </Notice>
      )}
      <DataTable
        columns={['When', 'What', 'Status', 'Type', 'Source', 'Event', 'Why']}
        minWidth={820}
        empty={<Text c="dimmed">Nothing has happened since. It is shown as soon as it does.</Text>}
        rows={transitions.map((each) => ({
          key: each.position,
          cells: [
            <Time key="when" at={each.recordedAt} />,
            each.transition,
            <Status key="status" status={each.status} />,
            <Verbatim key="type">{each.type}</Verbatim>,
            <Verbatim key="source">{each.source}</Verbatim>,
            <EventLink key="event" id={each.eventId} />,
            <Verbatim key="why">{each.error ?? each.reason}</Verbatim>,
          ],
        }))}
      />
      <Command>bin/eventops tail -f</Command>
    </Stack>
  );
}
