import { SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';

export const Facts = ({ children }: { children: ReactNode }) => (
  <SimpleGrid cols={{ base: 2, md: 4 }} component="dl" m={0}>
    {children}
  </SimpleGrid>
);

export const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <Text component="dt" size="sm" c="dimmed">
      {name}
    </Text>
    <Text component="dd" m={0} style={{ overflowWrap: 'anywhere', unicodeBidi: 'isolate' }}>
      {children}
    </Text>
  </div>
);
