import { Button } from '@mantine/core';

interface Given {
  readonly query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
  readonly children: string;
}

export const More = ({ query, children }: Given) =>
  query.hasNextPage && (
    <Button
      variant="default"
      onClick={() => void query.fetchNextPage()}
      loading={query.isFetchingNextPage}
      style={{ alignSelf: 'start' }}
    >
      {children}
    </Button>
  );
