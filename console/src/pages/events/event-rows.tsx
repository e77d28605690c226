import { Table } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { components } from '../../api/schema.d.ts';
import { EventLink } from '../../components/link.tsx';
import { Status } from '../../components/status.tsx';
import { Time } from '../../components/time.tsx';
import { Verbatim } from '../../components/verbatim.tsx';

interface Given {
  readonly events: readonly components['schemas']['ListedEvent'][];
  /** Called when the last rows come into view. */
  readonly onEnd: () => void;
}

const ROW_PX = 41;
const columns = ['Received', 'Type', 'Source', 'Status', 'Attempts', 'Event'] as const;

/** Only the rows in view are drawn. */
export function EventRows({ events, onEnd }: Given) {
  const table = useRef<HTMLTableElement>(null);
  const rows = useWindowVirtualizer({
    count: events.length,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollMargin: table.current?.offsetTop ?? 0,
    getItemKey: (index) => events[index]?.id ?? index,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1);
  const isAtEnd = last !== undefined && last.index >= events.length - 5;
  useEffect(() => {
    if (isAtEnd) onEnd();
  }, [isAtEnd, onEnd]);
  const before = Math.max(0, (shown[0]?.start ?? 0) - rows.options.scrollMargin);
  const after = Math.max(0, rows.getTotalSize() - ((last?.end ?? 0) - rows.options.scrollMargin));
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table highlightOnHover ref={table} aria-rowcount={events.length}>
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
          <Space height={before} />
          {shown.map(({ index, key }) => {
            const event = events[index];
            return event === undefined ? null : (
              <Table.Tr key={key} data-index={index} ref={rows.measureElement}>
                <Table.Td>
                  <Time at={event.createdAt} />
                </Table.Td>
                <Table.Td>
                  <Verbatim>{event.type}</Verbatim>
                </Table.Td>
                <Table.Td>
                  <Verbatim>{event.source}</Verbatim>
                </Table.Td>
                <Table.Td>
                  <Status status={event.status} />
                </Table.Td>
                <Table.Td>{event.attempts}</Table.Td>
                <Table.Td>
                  <EventLink id={event.id} />
                </Table.Td>
              </Table.Tr>
            );
          })}
          <Space height={after} />
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const Space = ({ height }: { height: number }) =>
  height === 0 ? null : (
    <tr aria-hidden>
      <td colSpan={columns.length} style={{ height, padding: 0 }} />
    </tr>
  );
