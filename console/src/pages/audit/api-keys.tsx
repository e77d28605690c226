import { Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { asked } from '../../api/client.ts';
import { ActButton } from '../../components/act-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { More } from '../../components/more.tsx';
import { Problem } from '../../components/problem.tsx';
import { Section } from '../../components/section.tsx';
import { Time } from '../../components/time.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { usePermission, useSession } from '../../session/context.ts';
import { CreateKey } from './create-key.tsx';

export function ApiKeys() {
  const { api } = useSession();
  const isPermitted = usePermission('access:manage');
  const query = useInfiniteQuery({
    queryKey: ['api-keys'],
    queryFn: ({ pageParam }) =>
      asked(
        api.GET('/v1/api-keys', {
          params: { query: { limit: '25', ...(pageParam === null ? {} : { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    enabled: isPermitted,
  });
  const keys = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Section title="API keys" acts={<CreateKey />}>
      {!isPermitted && <Text c="dimmed">They are shown to those who have the permission access:manage.</Text>}
      {query.error !== null && <Problem error={query.error} />}
      <Stack>
        <DataTable
          columns={['Name', 'Begins with', 'May', 'Made', 'Last used', 'Ends', 'Act']}
          minWidth={820}
          empty={
            query.data !== undefined && (
              <Text c="dimmed">
                There is none. A key is for a program that sends or reads events without an issuer.
              </Text>
            )
          }
          rows={keys.map((key) => ({
            key: key.id,
            cells: [
              <Verbatim key="name">{key.name}</Verbatim>,
              <code key="prefix">{key.prefix}</code>,
              <Verbatim key="may">
                {key.permissions.join(', ') + (key.sources === null ? '' : `; sources ${key.sources.join(', ')}`)}
              </Verbatim>,
              <>
                <Time at={key.createdAt} /> by <Verbatim>{key.createdBy}</Verbatim>
              </>,
              key.lastUsedAt === null ? 'never' : <Time at={key.lastUsedAt} />,
              key.expiresAt === null ? 'never' : <Time at={key.expiresAt} />,
              key.revokedAt === null ? (
                <ActButton
                  name="Revoke"
                  title={`Revoke ${key.name}`}
                  permission="access:manage"
                  color="red"
                  says="It is refused from now on, permanently."
                  onReason={(reason) =>
                    asked(api.POST('/v1/api-keys/{id}/revoke', { params: { path: { id: key.id } }, body: { reason } }))
                  }
                />
              ) : (
                <>
                  revoked <Time at={key.revokedAt} />
                </>
              ),
            ],
          }))}
        />
        <More query={query}>Further ones</More>
      </Stack>
    </Section>
  );
}
