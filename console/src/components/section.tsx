import { Group, Paper, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A part of a page, with what may be done about it beside its name. */
export const Section = ({ title, acts, children }: { title: string; acts?: ReactNode; children: ReactNode }) => (
  <Paper withBorder p="md" component="section" aria-label={title}>
    <Group justify="space-between" mb="sm">
      <Title order={2} size="h4">
        {title}
      </Title>
      {acts}
    </Group>
    {children}
  </Paper>
);
