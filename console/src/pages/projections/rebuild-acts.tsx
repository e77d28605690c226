import { Checkbox, Group } from '@mantine/core';
import { useState } from 'react';
import { asked } from '../../api/client.ts';
import { ActButton } from '../../components/act-button.tsx';
import { useSession } from '../../session/context.ts';
import type { ProjectionName, Rebuild } from './rebuild.ts';

type Verb = 'promote' | 'compare' | 'rollback' | 'cancel' | 'drop';
type Act = {
  readonly name: string;
  readonly verb: Verb;
  readonly from: readonly Rebuild['step'][];
  readonly says: string;
};

const acts: readonly Act[] = [
  { name: 'Compare again', verb: 'compare', from: ['compared'], says: 'Both copies are compared once more.' },
  {
    ...{ name: 'Promote', verb: 'promote', from: ['compared'] },
    says: 'The new rows are read from the next query on. The rows of before are kept until they are dropped.',
  },
  {
    ...{ name: 'Roll back', verb: 'rollback', from: ['promoted'] },
    says: 'The rows of before are read again. They are as new as the others.',
  },
  {
    ...{ name: 'Drop the old rows', verb: 'drop', from: ['promoted'] },
    says: 'The rows of before are deleted: there is no way back to them.',
  },
  {
    ...{ name: 'Cancel', verb: 'cancel', from: ['filling', 'comparing', 'compared'] },
    says: 'The copy is deleted. The rows that are read were never touched.',
  },
];

export function RebuildActs({ rebuild: { id, projection, step, report } }: { rebuild: Rebuild }) {
  const { api } = useSession();
  const [acceptDifferences, setAcceptDifferences] = useState(false);
  const differ = report?.rowsThatDiffer ?? 0;
  const operate = (act: Verb, reason: string) =>
    asked(
      api.POST('/v1/projections/{name}/rebuilds/{id}/{act}', {
        params: { path: { name: projection as ProjectionName, id, act } },
        body: { reason, ...(act === 'promote' && differ > 0 ? { acceptDifferences } : {}) },
      }),
    );
  return (
    <Group>
      {acts
        .filter(({ from }) => from.includes(step))
        .map(({ name, verb, says }) => (
          <ActButton
            key={verb}
            {...{ name, says }}
            permission="projections:rebuild"
            fields={
              verb === 'promote' &&
              differ > 0 && (
                <Checkbox
                  label={`I accept that ${differ} rows differ`}
                  checked={acceptDifferences}
                  onChange={(event) => setAcceptDifferences(event.currentTarget.checked)}
                />
              )
            }
            onReason={(reason) => operate(verb, reason)}
          />
        ))}
    </Group>
  );
}
