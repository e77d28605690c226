import { SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { asked } from '../../api/client.ts';
import { duration } from '../../components/duration.ts';
import { PageHead } from '../../components/page-head.tsx';
import { Problem } from '../../components/problem.tsx';
import { useSession } from '../../session/context.ts';
import { Figure } from './figure.tsx';
import { NeedsActing } from './needs-acting.tsx';
import { NewestFailures } from './newest-failures.tsx';
import { type Bucket, type Period, periods } from './period.ts';
import { TypeTable } from './type-table.tsx';

const AGAIN_MS = 5_000;
const Traffic = lazy(() => import('./traffic.tsx'));

/** Whether one must act first; then what happened. */
export function OverviewPage() {
  const { api } = useSession();
  const { bucket = '1m' }: Period = useSearch({ from: '/' });
  const go = useNavigate({ from: '/' });
  const { data, error } = useQuery({
    queryKey: ['statistics', 'type', bucket],
    queryFn: () => asked(api.GET('/v1/stats', { params: { query: { by: 'type', bucket } } })),
    refetchInterval: AGAIN_MS,
    placeholderData: (before) => before,
  });
  return (
    <Stack>
      <PageHead title="Overview">
        <SegmentedControl
          aria-label="Period"
          size="xs"
          data={Object.entries(periods).map(([value, label]) => ({ value, label }))}
          value={bucket}
          onChange={(next) => void go({ search: { bucket: next as Bucket } })}
        />
      </PageHead>
      <NeedsActing />
      {error !== null && <Problem error={error} />}
      {data?.by === 'type' && (
        <>
          <SimpleGrid cols={{ base: 2, md: 4 }}>
            <Figure name="Received" value={data.total.counts.received} />
            <Figure name="Processed" value={data.total.counts.processed} />
            <Figure name="Failed attempts" value={data.total.counts.failed} />
            <Figure name="Became dead letters" value={data.total.counts.dead} />
          </SimpleGrid>
          <Suspense>
            <Traffic bucket={bucket} />
          </Suspense>
          {data.total.endToEnd !== null && (
            <Text>
              From receipt to the end: half of the events within {duration(data.total.endToEnd.p50Ms)}, 99 of 100 within{' '}
              {duration(data.total.endToEnd.p99Ms)}.
            </Text>
          )}
          <NewestFailures />
          <TypeTable groups={data.groups} period={periods[bucket]} />
        </>
      )}
    </Stack>
  );
}
