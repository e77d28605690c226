import { Group, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { asked } from '../../api/client.ts';
import { ActButton } from '../../components/act-button.tsx';
import { useSession } from '../../session/context.ts';
import { type DeadLetterFilters, planFilter } from './filters.ts';

interface Given {
  readonly filters: DeadLetterFilters;
  readonly chosen: ReadonlySet<string>;
}

/** From what is chosen, or else from all that match, to a frozen set. Nothing is done to an event by that. */
export function MakePlan({ filters, chosen }: Given) {
  const { api } = useSession();
  const go = useNavigate();
  const isAll = chosen.size === 0 && Object.keys(filters).length === 0;
  const refusedBecause = isAll ? 'Choose events, a failure or a filter: a plan is of what was looked at' : null;
  const what = chosen.size > 0 ? `the ${chosen.size} that are chosen` : 'all that match';
  const freeze = async (action: 'replay' | 'discard', reason: string) => {
    const members = chosen.size > 0 ? { ids: [...chosen] } : { filter: planFilter(filters) };
    const { id } = await asked(api.POST('/v1/replay-plans', { body: { action, reason, ...members } }));
    await go({ to: '/plans/$id', params: { id } });
  };
  const says = `${what} now, and none that comes later. Nothing is done to them before you start the plan.`;
  return (
    <Group>
      <ActButton
        name="Plan a replay"
        permission="plans:manage"
        refusedBecause={refusedBecause}
        says={`Freezes ${says}`}
        onReason={(reason) => freeze('replay', reason)}
      />
      <ActButton
        name="Plan to discard"
        permission="plans:manage"
        refusedBecause={refusedBecause}
        says={`Freezes ${says} What is discarded stays in the log, and is never processed again.`}
        onReason={(reason) => freeze('discard', reason)}
      />
      <Text size="sm" c="dimmed">
        {refusedBecause ?? `of ${what}`}
      </Text>
    </Group>
  );
}
