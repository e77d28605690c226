import { Code, SimpleGrid, Table, Text } from '@mantine/core';
import { EventLink } from '../../components/link.tsx';
import { Notice } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import type { Plan } from './plan-states.ts';

const why = {
  manual: 'its handler wants each to be chosen: choose them in the list',
  never: 'its handler forbids a replay',
} as const;

/** What was frozen, and what was left out. */
export function FrozenSet({ plan: { counts, blocked, missing, sample, setHash, filter } }: { plan: Plan }) {
  return (
    <Section title="The frozen set">
      {blocked.length > 0 && (
        <Notice title="Left out, because the policy of the type forbids it" color="yellow">
          {blocked.map((each) => (
            <Text key={each.type} size="sm">
              {each.events} of <Verbatim>{each.type}</Verbatim>: {why[each.why]}
            </Text>
          ))}
        </Notice>
      )}
      {missing.length > 0 && (
        <Notice title={`${missing.length} that were chosen are no dead letters any more`} color="yellow">
          {missing.slice(0, 20).join(', ')}
        </Notice>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Counts name="By type" of={counts.byType} />
        <Counts name="By failure" of={counts.byGroup.map(({ title, events }) => ({ name: title, events }))} />
        <Counts name="By age" of={counts.byAge} />
        <Counts name="By earlier replays" of={counts.byReplays} />
      </SimpleGrid>
      <Text size="sm">
        Some of them:{' '}
        {sample.map((id) => (
          <span key={id}>
            <EventLink id={id} />{' '}
          </span>
        ))}
      </Text>
      <Text size="sm" c="dimmed">
        {filter !== null && (
          <>
            Filter: <Verbatim>{JSON.stringify(filter)}</Verbatim>.{' '}
          </>
        )}
        Hash of the set: <Code style={{ overflowWrap: 'anywhere' }}>{setHash}</Code>
      </Text>
    </Section>
  );
}

function Counts({ name, of }: { name: string; of: readonly { readonly name: string; readonly events: number }[] }) {
  return (
    <Table captionSide="top">
      <Table.Caption>{name}</Table.Caption>
      <Table.Tbody>
        {of.map((each) => (
          <Table.Tr key={each.name}>
            <Table.Th scope="row" fw={400}>
              <Verbatim>{each.name}</Verbatim>
            </Table.Th>
            <Table.Td ta="right">{each.events}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
