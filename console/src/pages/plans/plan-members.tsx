import { Select, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { asked } from '../../api/client.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EventLink } from '../../components/link.tsx';
import { More } from '../../components/more.tsx';
import { Problem } from '../../components/problem.tsx';
import { Section } from '../../components/section.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { useSession } from '../../session/context.ts';
import { isOver, type Plan } from './plan-states.ts';

const AGAIN_MS = 4_000;
const outcomes = ['waiting', 'replayed', 'done', 'dead', 'skipped'] as const;
type Outcome = (typeof outcomes)[number];

export function PlanMembers({ plan: { id, state } }: { plan: Plan }) {
  const { api } = useSession();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const query = useInfiniteQuery({
    queryKey: ['plan-members', id, outcome, isOver(state)],
    queryFn: ({ pageParam }) =>
      asked(
        api.GET('/v1/replay-plans/{id}/members', {
          params: {
            path: { id },
            query: { limit: '20', from: String(pageParam), ...(outcome === null ? {} : { outcome }) },
          },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: ({ nextFrom }) => nextFrom,
    refetchInterval: isOver(state) ? false : AGAIN_MS,
  });
  const members = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Section
      title="Its events"
      acts={
        <Select
          aria-label="Outcome"
          placeholder="every outcome"
          clearable
          data={outcomes}
          value={outcome}
          onChange={(next) => setOutcome(next)}
        />
      }
    >
      {query.error !== null && <Problem error={query.error} />}
      <Stack>
        <DataTable
          columns={['Number', 'Event', 'Outcome', 'Why']}
          empty={query.isPending ? null : <Text c="dimmed">None.</Text>}
          rows={members.map(({ number, eventId, outcome: came, why }) => ({
            key: eventId,
            cells: [number, <EventLink key="id" id={eventId} />, came, <Verbatim key="why">{why}</Verbatim>],
          }))}
        />
        <More query={query}>Further ones</More>
      </Stack>
    </Section>
  );
}
