import { List, Text } from '@mantine/core';
import { Link } from '../../components/link.tsx';
import { Notice } from '../../components/notice.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { reasonsToAct } from './reasons-to-act.ts';
import { useStateOfThings } from './use-state-of-things.ts';

/** One glance says whether one must act. */
export function NeedsActing() {
  const state = useStateOfThings();
  const reasons = reasonsToAct(state);
  const types = state.types.data;
  const waiting = types?.items.reduce((sum, each) => sum + (each.waiting ?? 0), 0) ?? 0;
  if (state.deadLetters.isPending || state.readiness.isPending) return null;
  const backlog =
    types === undefined ? '' : `${waiting}${types.waitingIsComplete ? '' : ' or more'} events wait for a worker.`;
  if (reasons.length === 0)
    return (
      <Notice title="Nothing needs you" color="green">
        All parts are ready, and there is no dead letter. {backlog}
      </Notice>
    );
  return (
    <Notice title={reasons.length === 1 ? 'One thing needs you' : `${reasons.length} things need you`} color="red">
      <List>
        {reasons.map(({ what, todo, to }) => (
          <List.Item key={what}>
            {to === undefined ? <Verbatim fw={600}>{what}</Verbatim> : <Link to={to}>{what}</Link>}
            {'. '}
            <Verbatim>{todo}</Verbatim>
          </List.Item>
        ))}
      </List>
      <Text size="sm" mt="xs">
        {backlog}
      </Text>
    </Notice>
  );
}
