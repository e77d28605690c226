import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

interface Given {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
  /** What is said where there are no rows. */
  readonly empty: ReactNode;
  readonly minWidth?: number;
}

/** Rows under names; in a narrow window it is moved sideways by itself. */
export function DataTable({ columns, rows, empty, minWidth = 640 }: Given) {
  if (rows.length === 0) return <div>{empty}</div>;
  return (
    <Table.ScrollContainer minWidth={minWidth}>
      <Table highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {columns.map((name) => (
              <Table.Th key={name} scope="col">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, cells }) => (
            <Table.Tr key={key}>
              {columns.map((name, at) => (
                <Table.Td key={name} miw={at === 0 ? 130 : 60}>
                  {cells[at]}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
