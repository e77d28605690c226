import { Badge } from '@mantine/core';

/** Of a failure group. */
export const GroupStatus = ({ status }: { status: 'open' | 'resolved' | 'returned' }) => (
  <Badge variant="outline" miw="max-content" color={status === 'resolved' ? 'green' : 'orange'}>
    {status}
  </Badge>
);
