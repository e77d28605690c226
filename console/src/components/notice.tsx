import { Alert } from '@mantine/core';
import type { ReactNode } from 'react';

export function Notice({ title, color = 'red', children }: { title: string; color?: string; children?: ReactNode }) {
  return (
    <Alert role="alert" color={color} title={title} variant="light">
      {children}
    </Alert>
  );
}
