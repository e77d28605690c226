import { Group } from '@mantine/core';
import { asked } from '../../api/client.ts';
import { ActButton } from '../../components/act-button.tsx';
import { useSession } from '../../session/context.ts';
import { isOver, type Plan } from './plan-states.ts';

const acts = [
  {
    name: 'Pause',
    act: 'pause',
    from: ['running'],
    says: 'No further event is taken. What was replayed goes on to its end.',
  },
  {
    name: 'Resume',
    act: 'resume',
    from: ['paused', 'stopped'],
    says: 'It goes on with those that wait. Failures that stopped it are not counted again.',
  },
] as const;

/** What its state allows; docs/replay-plans.md has the table. */
export function PlanActs({ plan: { id, state } }: { plan: Plan }) {
  const { api } = useSession();
  const path = { id };
  return (
    <Group>
      {acts
        .filter(({ from }) => from.some((each) => each === state))
        .map(({ name, act, says }) => (
          <ActButton
            key={name}
            name={name}
            title={`${name} the plan`}
            permission="plans:manage"
            says={says}
            onReason={(reason) =>
              asked(api.POST(`/v1/replay-plans/{id}/${act}`, { params: { path }, body: { reason } }))
            }
          />
        ))}
      {!isOver(state) && (
        <ActButton
          name="Abort"
          title="Abort the plan"
          permission="plans:manage"
          color="red"
          says="It is over. What waits stays a dead letter; what was replayed goes on to its end."
          onReason={(reason) => asked(api.POST('/v1/replay-plans/{id}/abort', { params: { path }, body: { reason } }))}
        />
      )}
    </Group>
  );
}
