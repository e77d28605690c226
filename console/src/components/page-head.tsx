import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';

export const PageHead = ({ title, children }: { title: ReactNode; children?: ReactNode }) => (
  <Group justify="space-between" align="start">
    <Title order={1} size="h2" style={{ overflowWrap: 'anywhere', unicodeBidi: 'isolate' }}>
      {title}
    </Title>
    {children}
  </Group>
);
