import { Select, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { asked } from '../../api/client.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Link } from '../../components/link.tsx';
import { More } from '../../components/more.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Problem } from '../../components/problem.tsx';
import { Time } from '../../components/time.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { useSession } from '../../session/context.ts';
import { PlanState as State } from './plan-state.tsx';
import { type PlanState, planStates } from './plan-states.ts';

const AGAIN_MS = 5_000;

export function PlansPage() {
  const { api } = useSession();
  const filters = useSearch({ from: '/plans' });
  const go = useNavigate({ from: '/plans' });
  const query = useInfiniteQuery({
    queryKey: ['plans', filters],
    queryFn: ({ pageParam }) =>
      asked(
        api.GET('/v1/replay-plans', {
          params: {
            query: { ...filters, limit: '25', ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: AGAIN_MS,
  });
  const plans = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Stack>
      <PageHead title="Plans" />
      <Select
        label="State"
        clearable
        maw={240}
        data={planStates}
        value={filters.state ?? null}
        onChange={(next) => void go({ search: next === null ? {} : { state: next as PlanState } })}
      />
      {query.error !== null && <Problem error={query.error} />}
      <DataTable
        columns={['Made', 'State', 'Does', 'Events', 'Reason', 'By']}
        empty={
          query.data !== undefined && (
            <Text c="dimmed">
              No plan yet. One is made of <Link to="/dead-letters">dead letters</Link>: it replays or discards exactly
              those that you looked at, a few first, and stops by itself when they fail again.
            </Text>
          )
        }
        rows={plans.map((plan) => ({
          key: plan.id,
          cells: [
            <Link key="id" to={`/plans/${plan.id}`}>
              <Time at={plan.createdAt} />
            </Link>,
            <State key="state" state={plan.state} />,
            plan.action,
            plan.size,
            <Verbatim key="reason">{plan.reason}</Verbatim>,
            <Verbatim key="by">{plan.requestedBy}</Verbatim>,
          ],
        }))}
      />
      <More query={query}>Earlier plans</More>
    </Stack>
  );
}
