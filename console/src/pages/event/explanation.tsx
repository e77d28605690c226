import { Badge, Group, List, Paper, Text, Title } from '@mantine/core';
import type { components } from '../../api/schema.d.ts';

type Explanation = NonNullable<components['schemas']['Event']['explanation']>;

export function Explanation({ explanation }: { explanation: Explanation | null }) {
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4" mb="sm">
        Why it failed
      </Title>
      {explanation === null ? <Text c="dimmed">It is not explained yet.</Text> : <Explained {...explanation} />}
    </Paper>
  );
}

function Explained({ summary, probableCause, confidence, provider, steps }: Explanation) {
  return (
    <>
      <Group mb="xs">
        <Text fw={600}>{summary}</Text>
        <Badge variant="outline" color="gray">
          {provider}, confidence {confidence}
        </Badge>
      </Group>
      <Text mb="xs">{probableCause}</Text>
      <List type="ordered">
        {steps.map(({ what, command, risk }) => (
          <List.Item key={what}>
            {what} {command !== null && <code>{command}</code>}{' '}
            {risk !== 'none' && (
              <Text span c="dimmed">
                (risk: {risk})
              </Text>
            )}
          </List.Item>
        ))}
      </List>
    </>
  );
}
