import { Code, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { asked } from '../../api/client.ts';
import type { components } from '../../api/schema.d.ts';
import { Command } from '../../components/command.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { GroupStatus } from '../../components/group-status.tsx';
import { EventLink, Link } from '../../components/link.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Problem } from '../../components/problem.tsx';
import { Section } from '../../components/section.tsx';
import { Time } from '../../components/time.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { useSession } from '../../session/context.ts';
import { addressOf } from '../dead-letters/filters.ts';
import { Explanation } from '../event/explanation.tsx';
import { GroupActs } from './group-acts.tsx';
import { GroupHistory } from './group-history.tsx';

export type FailureGroup = components['schemas']['FailureGroupDetails'];

const AGAIN_MS = 4_000;

export function FailureGroupPage() {
  const { id } = useParams({ from: '/failure-groups/$id' });
  const { api } = useSession();
  const { data: group, error } = useQuery({
    queryKey: ['failure-group', id],
    queryFn: () => asked(api.GET('/v1/failure-groups/{id}', { params: { path: { id } } })),
    refetchInterval: AGAIN_MS,
  });
  if (error !== null) return <Problem error={error} />;
  if (group === undefined) return null;
  return (
    <Stack>
      <PageHead title={group.title}>
        <GroupStatus status={group.status} />
      </PageHead>
      <GroupActs group={group} />
      <Known group={group} />
      <Explanation explanation={group.explanation} />
      <Section title="Why these are one failure">
        <Text mb="xs">
          <Verbatim>{group.why}</Verbatim>
        </Text>
        {group.fingerprint.frames.length > 0 && <Code block>{group.fingerprint.frames.join('\n')}</Code>}
      </Section>
      <GroupHistory acts={group.acts} />
      <Command>{`bin/eventops failures show ${id}`}</Command>
    </Stack>
  );
}

function Known({ group }: { group: FailureGroup }) {
  const { id, events, dead, replays, firstSeenAt, lastSeenAt, handler, handlerVersions, note, lastEventId } = group;
  return (
    <Section title="What is known">
      <Facts>
        <Fact name="Events">{events}</Fact>
        <Fact name="Became dead letters">
          {dead} times, <Link to={addressOf({ failureGroup: id })}>see those that are</Link>
        </Fact>
        <Fact name="Replays">
          {replays.processed} processed, {replays.failed} failed again
        </Fact>
        <Fact name="Handler">{handler ?? 'none'}</Fact>
        <Fact name="First seen">
          <Time at={firstSeenAt} />
        </Fact>
        <Fact name="Last seen">
          <Time at={lastSeenAt} /> {lastEventId !== null && <EventLink id={lastEventId} />}
        </Fact>
        <Fact name="Versions of the handler">{handlerVersions.join(', ')}</Fact>
        {note !== null && <Fact name="Resolved with">{note}</Fact>}
        {group.returnedAt !== null && (
          <Fact name="Seen again after that">
            <Time at={group.returnedAt} />
          </Fact>
        )}
        {group.splitFrom !== null && (
          <Fact name="Split from">
            <Link to={`/failure-groups/${group.splitFrom}`}>{group.splitFrom.slice(0, 8)}</Link>
          </Fact>
        )}
        {group.merged.length > 0 && <Fact name="Holds, too">{group.merged.join(', ')}</Fact>}
      </Facts>
    </Section>
  );
}
