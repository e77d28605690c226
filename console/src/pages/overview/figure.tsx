import { Paper, Text } from '@mantine/core';

export const Figure = ({ name, value }: { name: string; value: number }) => (
  <Paper withBorder p="md">
    <Text c="dimmed" size="sm">
      {name}
    </Text>
    <Text fz={28} fw={600}>
      {value.toLocaleString('en')}
    </Text>
  </Paper>
);
