import { Text } from '@mantine/core';
import { useState } from 'react';
import { asked } from '../../api/client.ts';
import type { components } from '../../api/schema.d.ts';
import { ActButton } from '../../components/act-button.tsx';
import { Section } from '../../components/section.tsx';
import { useSession } from '../../session/context.ts';

/** Its rows in the read tables, rebuilt from the log. */
export function Repair({ id }: { id: string }) {
  const { api } = useSession();
  const [found, setFound] = useState<components['schemas']['RowRepair'] | null>(null);
  return (
    <Section
      title="Its rows"
      acts={
        <ActButton
          name="Repair"
          title="Repair its rows"
          permission="projections:rebuild"
          says="Its rows in the read tables are rebuilt from the log. The history does not change."
          onReason={async (reason) => {
            setFound(await asked(api.POST('/v1/events/{id}/repair', { params: { path: { id } }, body: { reason } })));
          }}
        />
      }
    >
      {found === null ? (
        <Text size="sm" c="dimmed">
          Where a list shows something else than this page, which may read the log: repair them.
        </Text>
      ) : (
        found.tables.map(({ table, found: was, columns }) => (
          <Text key={table} size="sm">
            {table}: {was === 'right' ? 'was right' : `was ${was}, put right`} {columns.join(', ')}
          </Text>
        ))
      )}
    </Section>
  );
}
