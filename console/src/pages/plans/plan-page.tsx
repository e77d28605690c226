import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { asked } from '../../api/client.ts';
import { Command } from '../../components/command.tsx';
import { EventLink } from '../../components/link.tsx';
import { Notice } from '../../components/notice.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Problem } from '../../components/problem.tsx';
import { Section } from '../../components/section.tsx';
import { Time } from '../../components/time.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { useSession } from '../../session/context.ts';
import { FrozenSet } from './frozen-set.tsx';
import { PlanActs } from './plan-acts.tsx';
import { PlanMembers } from './plan-members.tsx';
import { PlanProgress } from './plan-progress.tsx';
import { PlanState } from './plan-state.tsx';
import { isOver, type Plan } from './plan-states.ts';
import { PlanSteps } from './plan-steps.tsx';
import { StartPlan } from './start-plan.tsx';

const AGAIN_MS = 2_000;

export function PlanPage() {
  const { id } = useParams({ from: '/plans/$id' });
  const { api } = useSession();
  const { data: plan, error } = useQuery({
    queryKey: ['plan', id],
    queryFn: () => asked(api.GET('/v1/replay-plans/{id}', { params: { path: { id } } })),
    // What another operator does to it is seen, too.
    refetchInterval: ({ state }) => (state.data !== undefined && isOver(state.data.state) ? false : AGAIN_MS),
  });
  if (error !== null) return <Problem error={error} />;
  if (plan === undefined) return null;
  return (
    <Stack>
      <PageHead
        title={
          <>
            {plan.action === 'discard' ? 'Discard' : 'Replay'} {plan.size} events <PlanState state={plan.state} />
          </>
        }
      >
        <PlanActs plan={plan} />
      </PageHead>
      <Text>
        <Verbatim fw={600}>{plan.reason}</Verbatim> · <Verbatim>{plan.requestedBy}</Verbatim>,{' '}
        <Time at={plan.createdAt} />
      </Text>
      <Stopped plan={plan} />
      {plan.pausedTypes.length > 0 && (
        <Notice title="It waits with its types" color="yellow">
          Paused: {plan.pausedTypes.join(', ')}. What is replayed of them waits, and has not failed.
        </Notice>
      )}
      {plan.state === 'frozen' && <StartPlan plan={plan} />}
      {plan.progress !== null && plan.start !== null && <PlanProgress plan={plan} />}
      <FrozenSet plan={plan} />
      <PlanMembers plan={plan} />
      <PlanSteps steps={plan.steps} />
      <Command>{`bin/eventops plans show ${id} --watch`}</Command>
    </Stack>
  );
}

function Stopped({ plan: { stop, state } }: { plan: Plan }) {
  if (stop === null) return null;
  const { by, failures, settled, failed, at } = stop;
  return (
    <Section title={state === 'stopped' ? 'It stopped itself' : 'It had stopped itself'}>
      <Text mb="xs">
        By its {by}, <Time at={at} />: {failures} of {settled} that have ended are dead letters again. See why before it
        goes on: their failures are not counted again when it is resumed.
      </Text>
      {failed.map(({ eventId, error }) => (
        <Text key={eventId} size="sm">
          <EventLink id={eventId} /> <Verbatim>{error ?? 'no error is recorded'}</Verbatim>
        </Text>
      ))}
    </Section>
  );
}
