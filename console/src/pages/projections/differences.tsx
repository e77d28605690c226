import { Text } from '@mantine/core';
import { DataTable } from '../../components/data-table.tsx';
import { EventLink } from '../../components/link.tsx';
import { Section } from '../../components/section.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import type { Rebuild } from './rebuild.ts';

const says = { changed: 'differs', extra: 'only in the new rows', missing: 'not in the new rows' } as const;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Between the rows that are read and the new ones, by column, with some ids. */
export function Differences({ report, isAccepted }: { report: NonNullable<Rebuild['report']>; isAccepted: boolean }) {
  const { rows, rowsThatDiffer, differences, notCompared } = report;
  return (
    <Section title={`${rowsThatDiffer} of ${rows} rows differ${isAccepted ? ', which was accepted' : ''}`}>
      <DataTable
        columns={['Where', 'How', 'Rows', 'Such as']}
        empty={<Text c="dimmed">The new rows are as the ones that are read.</Text>}
        rows={differences.map(({ kind, table, column, count, examples }) => ({
          key: `${table} ${column} ${kind}`,
          cells: [
            column === null ? table : `${table}.${column}`,
            says[kind],
            count,
            <div key="examples">
              {examples.map((id) => (
                <span key={id}>{UUID.test(id) ? <EventLink id={id} /> : <Verbatim>{id}</Verbatim>} </span>
              ))}
            </div>,
          ],
        }))}
      />
      {notCompared.length > 0 && (
        <Text size="sm" c="dimmed">
          Not compared: {notCompared.map(({ table, column }) => `${table}.${column}`).join(', ')}
        </Text>
      )}
    </Section>
  );
}
