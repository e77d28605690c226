import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { asked } from '../../api/client.ts';
import type { components } from '../../api/schema.d.ts';
import { ActButton } from '../../components/act-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Link } from '../../components/link.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Problem } from '../../components/problem.tsx';
import { usePermission, useSession } from '../../session/context.ts';
import { isUnderWay, type ProjectionName } from './rebuild.ts';

const AGAIN_MS = 3_000;

/** Which rows are read, and what is being done about them. */
export function ProjectionsPage() {
  const { api } = useSession();
  const isPermitted = usePermission('system:read');
  const { data, error } = useQuery({
    queryKey: ['projections'],
    queryFn: () => asked(api.GET('/v1/projections')),
    refetchInterval: AGAIN_MS,
    enabled: isPermitted,
  });
  return (
    <Stack>
      <PageHead title="Projections" />
      <Text size="sm" c="dimmed">
        The rows that lists read are made from the log, and can be made from it again while the old ones are read.
      </Text>
      {!isPermitted && <Text>They are shown to those who have the permission system:read.</Text>}
      {error !== null && <Problem error={error} />}
      {data !== undefined && (
        <DataTable
          columns={['Projection', 'Rows that are read', 'Rebuild', 'Act']}
          empty={<Text c="dimmed">There is none.</Text>}
          rows={data.items.map((projection) => ({
            key: projection.name,
            cells: [
              projection.name,
              projection.version === null
                ? 'none yet'
                : `version ${projection.version}` +
                  (projection.version < projection.newestVersion ? ` of ${projection.newestVersion}` : ''),
              <LastRebuild key="rebuild" {...projection} />,
              <Request key="act" {...projection} />,
            ],
          }))}
        />
      )}
    </Stack>
  );
}

type Projection = components['schemas']['ProjectionList']['items'][number];

function LastRebuild({ name, rebuild }: Projection) {
  if (rebuild === null) return 'none';
  const { id, step, outcome, progress } = rebuild;
  const share = progress === null ? '' : ` ${Math.round(progress.share * 100)} %`;
  return (
    <Link to={`/projections/${name}/${id}`}>
      {outcome ?? step}
      {share}
    </Link>
  );
}

function Request({ name, rebuild }: Projection) {
  const { api } = useSession();
  const go = useNavigate();
  return (
    <ActButton
      name="Rebuild"
      title={`Rebuild ${name}`}
      permission="projections:rebuild"
      refusedBecause={rebuild !== null && isUnderWay(rebuild) ? 'One is under way: open it' : null}
      says="A second copy of its rows is made from the log and compared with those that are read. They are read until you promote it."
      onReason={async (reason) => {
        const params = { path: { name: name as ProjectionName } };
        const { id } = await asked(api.POST('/v1/projections/{name}/rebuilds', { params, body: { reason } }));
        await go({ to: '/projections/$name/$id', params: { name, id } });
      }}
    />
  );
}
