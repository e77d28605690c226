import { Button, Group, NumberInput, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { asked } from '../../api/client.ts';
import { Problem } from '../../components/problem.tsx';
import { Section } from '../../components/section.tsx';
import { usePermission, useSession } from '../../session/context.ts';
import type { Plan } from './plan-states.ts';

const fields = [
  ['canary', 'Events that go first', 1, 1_000],
  ['mayFail', 'Of these may fail', 0, 1_000],
  ['rate', 'Then in a second', 1, 1_000],
  ['percent', 'Stop at % failed again', 1, 100],
  ['atLeast', 'and at least so many', 1, 10_000],
] as const;

/** How it goes: as docs/replay-plans.md has it, unless it is changed here. */
export function StartPlan({ plan: { id, size } }: { plan: Plan }) {
  const { api } = useSession();
  const queries = useQueryClient();
  const isPermitted = usePermission('plans:manage');
  const [given, setGiven] = useState({ canary: 10, mayFail: 0, rate: 10, percent: 20, atLeast: 5 });
  const start = useMutation({
    mutationFn: () =>
      asked(
        api.POST('/v1/replay-plans/{id}/start', {
          params: { path: { id } },
          body: {
            ratePerSecond: given.rate,
            canary: { events: given.canary, mayFail: given.mayFail },
            stopWhenFailed: { share: given.percent / 100, atLeast: given.atLeast },
          },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['plan', id] }),
  });
  return (
    <Section title="Nothing has been done yet: start it">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate();
        }}
      >
        <Group align="end">
          {fields.map(([name, label, min, max]) => (
            <NumberInput
              key={name}
              label={label}
              w={170}
              {...{ min, max }}
              allowDecimal={false}
              value={given[name]}
              onChange={(value) => setGiven({ ...given, [name]: Number(value) })}
            />
          ))}
          <Button type="submit" loading={start.isPending} disabled={!isPermitted || size === 0}>
            Start
          </Button>
        </Group>
      </form>
      {!isPermitted && <Text c="dimmed">It is started by those who have the permission plans:manage.</Text>}
      {start.error !== null && <Problem error={start.error} />}
    </Section>
  );
}
