import { Badge, Progress, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { asked } from '../../api/client.ts';
import { Command } from '../../components/command.tsx';
import { duration } from '../../components/duration.ts';
import { Notice } from '../../components/notice.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Problem } from '../../components/problem.tsx';
import { Section } from '../../components/section.tsx';
import { Time } from '../../components/time.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { useSession } from '../../session/context.ts';
import { Differences } from './differences.tsx';
import { isUnderWay, type ProjectionName, type Rebuild } from './rebuild.ts';
import { RebuildActs } from './rebuild-acts.tsx';
import { RebuildHistory } from './rebuild-history.tsx';

const AGAIN_MS = 2_000;

export function RebuildPage() {
  const { name, id } = useParams({ from: '/projections/$name/$id' });
  const { api } = useSession();
  const { data: rebuild, error } = useQuery({
    queryKey: ['rebuild', name, id],
    queryFn: () =>
      asked(
        api.GET('/v1/projections/{name}/rebuilds/{id}', { params: { path: { name: name as ProjectionName, id } } }),
      ),
    refetchInterval: ({ state }) => (state.data !== undefined && !isUnderWay(state.data) ? false : AGAIN_MS),
  });
  if (error !== null) return <Problem error={error} />;
  if (rebuild === undefined) return null;
  return (
    <Stack>
      <PageHead
        title={
          <>
            Rebuild of {rebuild.projection}, version {rebuild.version}{' '}
            <Badge variant="outline">{rebuild.outcome ?? rebuild.step}</Badge>
          </>
        }
      >
        <RebuildActs rebuild={rebuild} />
      </PageHead>
      <Text>
        <Verbatim fw={600}>{rebuild.reason}</Verbatim> · <Verbatim>{rebuild.requestedBy}</Verbatim>,{' '}
        <Time at={rebuild.requestedAt} />
      </Text>
      <Notice title="What is next" color="blue">
        {rebuild.next}
      </Notice>
      <Work rebuild={rebuild} />
      {rebuild.report !== null && <Differences report={rebuild.report} isAccepted={rebuild.differencesAccepted} />}
      <RebuildHistory steps={rebuild.history} />
      <Command>{`bin/eventops projections status ${rebuild.projection} --watch`}</Command>
    </Stack>
  );
}

function Work({ rebuild: { progress, filled } }: { rebuild: Rebuild }) {
  if (progress === null && filled === null) return null;
  return (
    <Section title="Progress">
      {progress !== null && (
        <>
          <Progress value={progress.share * 100} size={20} aria-label={progress.work} mb="xs" />
          <Text>
            {progress.work}: {Math.round(progress.share * 100)} %
            {progress.rate > 0 &&
              `, ${progress.transitions} transitions, ${progress.rowsCompared} rows compared, ${progress.rate} in a second`}
            {progress.timeLeftSeconds !== null && `, ${duration(progress.timeLeftSeconds * 1_000)} left`}
          </Text>
          {progress.waitsFor !== null && (
            <Notice title="It waits" color="yellow">
              <Verbatim>{progress.waitsFor}</Verbatim>
            </Notice>
          )}
        </>
      )}
      {filled !== null && (
        <Text size="sm">
          {filled.transitions} transitions filled in {duration(filled.durationMs)}
        </Text>
      )}
    </Section>
  );
}
