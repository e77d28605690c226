import { Group, NumberInput, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { asked } from '../../api/client.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Problem } from '../../components/problem.tsx';
import { Section } from '../../components/section.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { useSession } from '../../session/context.ts';

/** What differs between two revisions. */
export function Revisions({ id, revision }: { id: string; revision: number }) {
  const { api } = useSession();
  const [from, setFrom] = useState(Math.max(0, revision - 1));
  const [to, setTo] = useState(revision);
  const { data, error } = useQuery({
    queryKey: ['diff', id, from, to],
    queryFn: () =>
      asked(
        api.GET('/v1/events/{id}/diff', { params: { path: { id }, query: { from: String(from), to: String(to) } } }),
      ),
    placeholderData: (before) => before,
  });
  const which = (label: string, value: number, take: (value: number) => void) => (
    <NumberInput
      {...{ label, value }}
      w={130}
      min={0}
      max={revision}
      allowDecimal={false}
      clampBehavior="strict"
      onChange={(next) => typeof next === 'number' && take(next)}
    />
  );
  return (
    <Section title="What changed between two revisions">
      <Group mb="sm">
        {which('From revision', from, setFrom)}
        {which('To revision', to, setTo)}
      </Group>
      {error !== null && <Problem error={error} />}
      {data !== undefined && (
        <DataTable
          columns={['Part', 'Became']}
          minWidth={300}
          empty={<Text c="dimmed">Nothing differs.</Text>}
          rows={data.patch.map(({ path, value }) => ({
            key: path,
            cells: [<Verbatim key="path">{path}</Verbatim>, <Verbatim key="value">{JSON.stringify(value)}</Verbatim>],
          }))}
        />
      )}
    </Section>
  );
}
