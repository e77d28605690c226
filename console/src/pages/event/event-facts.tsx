import { Paper } from '@mantine/core';
import type { components } from '../../api/schema.d.ts';
import { Fact, Facts } from '../../components/facts.tsx';
import { Link } from '../../components/link.tsx';
import { Time } from '../../components/time.tsx';

export function EventFacts({ event }: { event: components['schemas']['Event'] }) {
  const { source, attempts, generation, createdAt, nextAttemptAt, errorReason, idempotencyKey, revision } = event;
  const { failureGroupId, pause } = event;
  return (
    <Paper withBorder p="md">
      <Facts>
        <Fact name="Source">{source}</Fact>
        <Fact name="Received">
          <Time at={createdAt} />
        </Fact>
        <Fact name="Attempts">{attempts}</Fact>
        <Fact name="Replays">{generation}</Fact>
        <Fact name="Idempotency key">{idempotencyKey}</Fact>
        <Fact name="Revision">{revision}</Fact>
        {nextAttemptAt !== null && (
          <Fact name="Next attempt">
            <Time at={nextAttemptAt} />
          </Fact>
        )}
        {errorReason !== null && <Fact name="Last error">{errorReason}</Fact>}
        {failureGroupId !== undefined && failureGroupId !== null && (
          <Fact name="Failure group">
            <Link to={`/failure-groups/${failureGroupId}`}>{failureGroupId.slice(0, 8)}</Link>
          </Fact>
        )}
        {pause !== undefined && (
          <Fact name="It waits: its type is paused">
            {pause.name}, <Time at={pause.since} />: {pause.reason}
          </Fact>
        )}
      </Facts>
    </Paper>
  );
}
