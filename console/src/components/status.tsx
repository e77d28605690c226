import { Badge } from '@mantine/core';

const colors: Readonly<Record<string, string>> = {
  RECEIVED: 'gray',
  PROCESSING: 'blue',
  PROCESSED: 'green',
  FAILED: 'orange',
  RETRYING: 'orange',
  DEAD: 'red',
  DISCARDED: 'grape',
};

export function Status({ status }: { status: string }) {
  return (
    <Badge color={colors[status] ?? 'gray'} variant="outline" miw="max-content">
      {status}
    </Badge>
  );
}
