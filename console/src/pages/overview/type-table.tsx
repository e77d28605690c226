import { Text } from '@mantine/core';
import type { components } from '../../api/schema.d.ts';
import { DataTable } from '../../components/data-table.tsx';
import { duration } from '../../components/duration.ts';
import { Link } from '../../components/link.tsx';
import { Section } from '../../components/section.tsx';

type Groups = Extract<components['schemas']['Statistics'], { by: 'type' }>['groups'];

const shareOf = ({ started, failed }: { started: number; failed: number }) => (started === 0 ? 0 : failed / started);

/** Those that fail most first. */
export function TypeTable({ groups, period }: { groups: Groups; period: string }) {
  const worstFirst = groups.toSorted((a, b) => shareOf(b.counts) - shareOf(a.counts));
  return (
    <Section title={`Types in ${period}`}>
      <DataTable
        columns={['Type', 'Received', 'Processed', 'Failed', 'Dead', 'Share failed', 'p50', 'p99']}
        minWidth={720}
        empty={
          <Text c="dimmed">
            No event yet. Send one with <code>POST /v1/events</code>, or <code>npm run demo</code>.
          </Text>
        }
        rows={worstFirst.map(({ type, counts, endToEnd }) => ({
          key: type ?? '',
          cells: [
            type === null ? (
              'all others'
            ) : (
              <Link key="type" to={`/events?${new URLSearchParams({ type })}`}>
                {type}
              </Link>
            ),
            counts.received,
            counts.processed,
            counts.failed,
            counts.dead,
            `${Math.round(100 * shareOf(counts))} %`,
            endToEnd === null ? '' : duration(endToEnd.p50Ms),
            endToEnd === null ? '' : duration(endToEnd.p99Ms),
          ],
        }))}
      />
    </Section>
  );
}
