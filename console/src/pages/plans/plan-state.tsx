import { Badge } from '@mantine/core';
import type { PlanState as State } from './plan-states.ts';

const colors: Readonly<Record<State, string>> = {
  freezing: 'gray',
  frozen: 'blue',
  running: 'blue',
  paused: 'orange',
  stopped: 'red',
  aborted: 'gray',
  completed: 'green',
};

export const PlanState = ({ state }: { state: State }) => (
  <Badge variant="outline" color={colors[state]}>
    {state}
  </Badge>
);
