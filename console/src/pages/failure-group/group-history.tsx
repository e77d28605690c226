import { Group, Text, Timeline } from '@mantine/core';
import { asked } from '../../api/client.ts';
import { ActButton } from '../../components/act-button.tsx';
import { Link } from '../../components/link.tsx';
import { Section } from '../../components/section.tsx';
import { Time } from '../../components/time.tsx';
import { Verbatim } from '../../components/verbatim.tsx';
import { useSession } from '../../session/context.ts';
import type { FailureGroup } from './failure-group-page.tsx';

type Act = FailureGroup['acts'][number];

const titles: Readonly<Record<string, string>> = {
  FailureGroupResolved: 'Resolved',
  FailureGroupMerged: 'Merged',
  FailureGroupSplit: 'Split',
  FailureGroupActUndone: 'Taken back',
};

export const GroupHistory = ({ acts }: { acts: readonly Act[] }) => (
  <Section title="What was done about it">
    {acts.length === 0 && <Text c="dimmed">Nothing yet.</Text>}
    <Timeline bulletSize={14} lineWidth={2} active={acts.length}>
      {acts.map((act) => (
        <Timeline.Item key={`${act.groupId} ${act.act}`} title={titles[act.type] ?? act.type}>
          <Done act={act} />
        </Timeline.Item>
      ))}
    </Timeline>
  </Section>
);

function Done({ act }: { act: Act }) {
  const { api } = useSession();
  const { type, at, requestedBy, reason, otherId, containing, undoes, isUndone } = act;
  return (
    <Group>
      <Text size="sm">
        <Time at={at} /> · by <Verbatim>{requestedBy}</Verbatim>
        {containing !== null && (
          <>
            {' '}
            · containing <Verbatim>{containing}</Verbatim>
          </>
        )}
        {otherId !== null && (
          <>
            {' '}
            · <Link to={`/failure-groups/${otherId}`}>{otherId.slice(0, 8)}</Link>
          </>
        )}
        {undoes !== null && ` · act ${undoes}`} {reason !== null && <Verbatim>{`· ${reason}`}</Verbatim>}
      </Text>
      {isUndone && <Text size="sm">taken back</Text>}
      {!isUndone && type !== 'FailureGroupActUndone' && (
        <ActButton
          name="Take back"
          permission="failures:manage"
          says={`Takes back: ${titles[type] ?? type}.`}
          onReason={(why) =>
            asked(
              api.POST('/v1/failure-groups/{id}/undo', {
                params: { path: { id: act.groupId } },
                body: { act: act.act, reason: why },
              }),
            )
          }
        />
      )}
    </Group>
  );
}
