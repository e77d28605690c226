import { Badge, Code, Group, List, Text } from '@mantine/core';
import type { components } from '../../api/schema.d.ts';
import { Section } from '../../components/section.tsx';
import { Verbatim } from '../../components/verbatim.tsx';

type Explanation = NonNullable<components['schemas']['Event']['explanation']>;

export function Explanation({ explanation }: { explanation: Explanation | null }) {
  return (
    <Section title="Why it failed">
      {explanation === null ? <Text c="dimmed">It is not explained yet.</Text> : <Explained {...explanation} />}
    </Section>
  );
}

function Explained({ summary, probableCause, confidence, provider, steps, restsOn }: Explanation) {
  return (
    <>
      <Group mb="xs">
        <Verbatim fw={600}>{summary}</Verbatim>
        <Badge variant="outline" color="gray">
          {provider}, confidence {confidence}
        </Badge>
      </Group>
      <Text mb="xs">
        <Verbatim>{probableCause}</Verbatim>
      </Text>
      <List type="ordered">
        {steps.map(({ what, command, risk }) => (
          <List.Item key={what}>
            <Verbatim>{what}</Verbatim>{' '}
            {command !== null && <Code style={{ overflowWrap: 'anywhere' }}>{command}</Code>}{' '}
            {risk !== 'none' && (
              <Text span c="dimmed">
                (risk: {risk})
              </Text>
            )}
          </List.Item>
        ))}
      </List>
      {restsOn.length > 0 && (
        <Text size="sm" c="dimmed" mt="xs">
          It rests on{' '}
          {restsOn.map(({ source, revision, quote }) => (
            <Verbatim key={`${source} ${revision} ${quote}`}>
              {`“${quote}” (${source === 'frame' ? 'the stack' : `revision ${revision}`}) `}
            </Verbatim>
          ))}
        </Text>
      )}
    </>
  );
}
